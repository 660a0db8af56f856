package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// A growing pool of LoRAs with keys, from which every input of a batch takes its own mix (SLM,
/// "Scalable Language Model with Generalized Continual Learning", 2024): for a query `q` that a
/// frozen encoder makes of the input, and slots `n` with keys `k_n`,
///
/// `s_n = mean over groups of cos(q, k_n)`\
/// `w = top of max(s, 0), made to sum to 1`\
/// `y = W x + sum over n of w_n B_n A_n x`
///
/// Each task adds some slots; those before are frozen, but all can be taken. An input that is
/// similar to no slot takes none (inferred: the paper divides by sums that may be negative), and so
/// does one whose slots have not been trained: `B` starts at zero. Keys start orthonormal within a
/// task, group by group, and are trained by themselves: nothing but [#similarities] depends on
/// them. Mutable: [#grow] adds a task's slots. Owns keys and values.
///
/// ```java
/// var tuned = pool.asked(query).on(model);   // in the scope of a step
/// ```
public final class KeyedPool implements AutoCloseable {
  private static final String KEYS = "keys";
  private static final double EPSILON = 1e-12;

  private final Slots slots;
  private final LoraStack values;
  private final List<Weights> keys = new ArrayList<>();

  /// The shape of a pool.
  ///
  /// @param perTask slots that a task adds
  /// @param rank of a slot's LoRAs
  /// @param width of queries and keys
  /// @param groups into which the channels of a key are split, each with a cosine of its own;
  ///   divides the width
  /// @param top slots that an input takes
  public record Slots(int perTask, int rank, int width, int groups, int top) {
    public Slots {
      if (perTask < 1
          || rank < 1
          || top < 1
          || groups < 1
          || width % groups != 0
          || perTask > width / groups) {
        throw new IllegalArgumentException(
            "A pool has slots, a rank, groups that divide the width and a top of at least 1, and no more slots a task than a group has channels; got %d, %d, %d of %d and %d."
                .formatted(perTask, rank, groups, width, top));
      }
    }
  }

  private KeyedPool(Slots slots, LoraStack values, List<Weights> keys) {
    this.slots = slots;
    this.values = values;
    this.keys.addAll(keys);
  }

  /// The slots of a first task.
  ///
  /// @param kinds ends of the names of the maps, as for [Lora#of]
  /// @throws IllegalArgumentException if the model has no linear map of a kind
  public static KeyedPool of(Adaptable<?> model, Slots slots, long seed, String... kinds) {
    int ranks = slots.perTask * slots.rank;
    var values = new LoraStack(Lora.of(model, ranks, ranks, seed, kinds));
    return new KeyedPool(slots, values, List.of(keys(slots, seed)));
  }

  private static Weights keys(Slots slots, long seed) {
    var random = RandomStream.of(seed, "pool keys");
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      int channels = slots.width / slots.groups;
      var normal = random.gaussian(manager, new Shape(slots.groups, channels, slots.perTask), 1);
      var orthonormal = LinearAlgebra.qr(normal).q().transpose(2, 0, 1);
      arrays.put(KEYS, orthonormal.reshape(slots.perTask, slots.width).duplicate());
      return Weights.of(arrays);
    }
  }

  /// Freezes the slots there are and adds those of the next task.
  public void grow(long seed) {
    values.grow(seed);
    keys.add(keys(slots, seed));
  }

  /// How many slots there are.
  public int size() {
    return keys.size() * slots.perTask;
  }

  /// The task that added a slot, from 0.
  public int owner(int slot) {
    return slot / slots.perTask;
  }

  /// The keys of the newest task, `keys` `[perTask][width]`: what is trained by similarity.
  public Weights keys() {
    return keys.getLast();
  }

  /// The LoRAs of the newest task: what is trained by the loss.
  public Weights weights() {
    return values.weights();
  }

  /// How alike queries and keys are, from -1 to 1, differentiable in both.
  ///
  /// @param queries `[batch][width]`
  /// @return `[batch][slots]`
  public NDArray similarities(NDArray queries) {
    var all = new NDList();
    keys.forEach(task -> all.add(task.get(KEYS)));
    // DJL's concatenation of a single array is a duplicate, which cuts the gradient.
    var joined = all.size() == 1 ? all.getFirst() : NDArrays.concat(all, 0);
    return Ops.scale(Ops.linear(normed(queries), normed(joined)), 1. / slots.groups);
  }

  /// Each group of channels with a length of 1.
  private NDArray normed(NDArray rows) {
    var grouped = rows.reshape(-1, slots.groups, slots.width / slots.groups);
    var squares = Ops.square(grouped).sum(new int[] {-1}, true);
    return grouped.mul(Ops.rsqrt(squares.add(EPSILON))).reshape(-1, slots.width);
  }

  /// How much of each slot an input takes: a row sums to 1, or is 0 where nothing is similar.
  ///
  /// @param queries `[batch][width]`
  /// @return `[batch][slots]`
  public NDArray shares(NDArray queries) {
    var similar = Ops.relu(similarities(queries));
    var taken = similar.mul(TopMask.of(similar, slots.top));
    return taken.div(taken.sum(new int[] {-1}, true).add(EPSILON));
  }

  /// What the pool adds for some inputs, in the scope of this call. Closing it closes the pool.
  ///
  /// @param queries `[batch][width]`, one for each row of the batch that the model then reads
  public Overlay asked(NDArray queries) {
    var shares = shares(queries);
    return mixed(() -> shares);
  }

  /// The same with shares of another origin, such as the slots of a known task, or of a query that
  /// changes from batch to batch under an overlay that stays.
  ///
  /// @param shares asked for when a map is applied: `[batch][slots]`, or `[1][slots]` for all rows
  ///   alike
  public Overlay mixed(Supplier<NDArray> shares) {
    return new Mix(this, shares);
  }

  private record Mix(KeyedPool pool, Supplier<NDArray> shares) implements Overlay {

    @Override
    public SequencedMap<String, Adapter> adapters() {
      var adapters = new LinkedHashMap<String, Adapter>();
      for (String map : pool.values.linearMaps()) {
        adapters.put(
            map,
            (input, output) -> {
              var factors = pool.values.factors(map);
              var gates = row(shares.get(), input.getShape().dimension() - 2);
              return factors.add(output, LowRank.gated(factors.activations(input), gates));
            });
      }
      return adapters;
    }

    /// `[batch][slots]` as `[batch][1]...[slots]`.
    ///
    /// @param between how many dimensions, such as tokens, are between the two
    private NDArray row(NDArray given, int between) {
      var shape = given.getShape();
      if (shape.dimension() != 2 || shape.get(1) != pool.size()) {
        throw new IllegalArgumentException(
            "The shares are %s, expected [batch][%d]: one for each slot."
                .formatted(shape, pool.size()));
      }
      var row = given;
      for (int i = 0; i < between; i++) {
        row = row.expandDims(1);
      }
      return row;
    }

    @Override
    public Weights weights() {
      return pool.weights();
    }

    @Override
    public Mix copy() {
      return new Mix(pool.copy(), shares);
    }

    @Override
    public void close() {
      pool.close();
    }
  }

  /// The same pool with keys and values of its own.
  public KeyedPool copy() {
    return new KeyedPool(slots, values.copy(), keys.stream().map(Weights::copy).toList());
  }

  @Override
  public void close() {
    values.close();
    keys.forEach(Weights::close);
  }
}
