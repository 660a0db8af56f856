package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Safetensors;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// LoRA (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021, arXiv:2106.09685,
/// section 4.1): a linear map is tuned by adding a product of two thin matrices to it,
///
/// `y = W x + (alpha / rank) B A x`, with `A` `[rank][in]` and `B` `[out][rank]`.
///
/// `A` starts normal with a variance of `1 / in`, `B` at zero: an adapter that has not been trained
/// changes nothing. (The authors' code draws `A` uniformly with a variance of `1 / (3 in)`, the
/// default of PyTorch's linear maps.) Mutable: a trainer updates [#weights] in place. Owns them.
///
/// ```java
/// try (var lora = Lora.of(model, 8, 16, 1, "q_proj", "v_proj")) {
///   var tuned = lora.on(model);          // shares the model's weights
///   var merged = lora.mergedInto(model); // has weights of its own
/// }
/// ```
///
/// @param rank of the products
/// @param alpha their scale times the rank
/// @param weights `<linear map>.lora_A.weight` and `<linear map>.lora_B.weight` for each map
public record Lora(int rank, double alpha, Weights weights) implements MergeableOverlay {

  static final String A = ".lora_A.weight";
  static final String B = ".lora_B.weight";

  public Lora {
    if (rank < 1 || !(alpha > 0)) {
      throw new IllegalArgumentException(
          "LoRA has a rank of at least 1 and a positive alpha, not %d and %s."
              .formatted(rank, alpha));
    }
  }

  /// Adapters of linear maps in every layer.
  ///
  /// @param seed of the first matrices
  /// @param kinds ends of the names of the maps, such as `q_proj` and `v_proj` (the paper's choice,
  ///   section 4.2)
  /// @throws IllegalArgumentException if the model has no linear map of a kind
  public static Lora of(Adaptable<?> model, int rank, double alpha, long seed, String... kinds) {
    return untrained(shapes(model, kinds), rank, alpha, seed);
  }

  /// @param shapes `[out][in]` by linear map
  private static Lora untrained(Map<String, Shape> shapes, int rank, double alpha, long seed) {
    try (var manager = Torch.manager()) {
      return new Lora(rank, alpha, Weights.of(untrained(manager, shapes, rank, seed)));
    }
  }

  /// The matrices by name, `A` at random and `B` zero.
  ///
  /// @param shapes `[out][in]` by linear map
  static SequencedMap<String, NDArray> untrained(
      NDManager manager, Map<String, Shape> shapes, int rank, long seed) {
    var arrays = new LinkedHashMap<String, NDArray>();
    shapes.forEach((name, shape) -> {
      long in = shape.get(1);
      arrays.put(
          name + A,
          RandomStream.of(seed, "lora", name)
              .gaussian(manager, new Shape(rank, in), 1 / Math.sqrt(in)));
      arrays.put(name + B, manager.zeros(new Shape(shape.get(0), rank)));
    });
    return arrays;
  }

  /// `[out][in]` by linear map, of those of some kinds.
  static SequencedMap<String, Shape> shapes(Adaptable<?> model, String... kinds) {
    var shapes = new LinkedHashMap<String, Shape>();
    named(model, kinds).forEach(name -> shapes.put(name, model.weight(name).getShape()));
    return shapes;
  }

  /// Untrained adapters of the same maps, such as for the next task once these are merged. These
  /// remain as they are.
  ///
  /// @param seed of the first matrices
  public Lora restarted(long seed) {
    var shapes = new LinkedHashMap<String, Shape>();
    for (String name : linearMaps()) {
      long out = weights.get(name + B).getShape().get(0);
      shapes.put(name, new Shape(out, weights.get(name + A).getShape().get(1)));
    }
    return untrained(shapes, rank, alpha, seed);
  }

  private static List<String> named(Adaptable<?> model, String... kinds) {
    // A head that shares its weights with the embedding cannot be tuned by itself.
    var maps =
        model.linearMaps().stream()
            .filter(name -> model.weights().contains(name + ".weight"))
            .toList();
    for (String kind : kinds) {
      if (maps.stream().noneMatch(name -> name.endsWith(kind))) {
        throw new IllegalArgumentException(
            "No linear map with weights of its own ends in '%s': the model has %s."
                .formatted(kind, String.join(", ", maps)));
      }
    }
    var names =
        maps.stream().filter(name -> List.of(kinds).stream().anyMatch(name::endsWith)).toList();
    if (names.isEmpty()) {
      throw new IllegalArgumentException("LoRA adapts at least one kind of map, such as q_proj.");
    }
    return names;
  }

  /// The names of the linear maps that are adapted.
  public List<String> linearMaps() {
    return linearMaps(weights);
  }

  /// The names of the linear maps that have an `A` among some weights.
  static List<String> linearMaps(Weights weights) {
    return weights.names().stream()
        .filter(name -> name.endsWith(A))
        .map(name -> name.substring(0, name.length() - A.length()))
        .toList();
  }

  @Override
  public SequencedMap<String, Adapter> adapters() {
    var adapters = new LinkedHashMap<String, Adapter>();
    linearMaps().forEach(map -> adapters.put(map, factors(map)));
    return adapters;
  }

  @Override
  public NDArray difference(String linearMap) {
    return factors(linearMap).product();
  }

  /// The rows of a map's `A`, `[rank][in]`: the model's own array.
  public NDArray rows(String linearMap) {
    return weights.get(linearMap + A);
  }

  LowRank factors(String map) {
    return new LowRank(weights.get(map + A), weights.get(map + B), alpha / rank);
  }

  /// What belongs together where adapters are emptied group by group.
  public enum Group {
    /// All adapters of a Transformer block, see [Adaptable#block]. A map outside of blocks is a
    /// group by itself.
    BLOCK,
    /// Both matrices of a linear map.
    MAP,
    /// A matrix by itself.
    MATRIX
  }

  /// The names of the groups in order: blocks such as `model.layers.0`, linear maps or matrices.
  public List<String> groups(Group by) {
    return List.copyOf(grouped(by).sequencedKeySet());
  }

  /// How much the adapters of each group do: the root of the sum of the squares of all their
  /// entries, differentiable. The sum over groups is the group lasso, which empties whole groups
  /// (Yuan and Lin, "Model selection and estimation in regression with grouped variables", 2006,
  /// equation 2.1, without a factor for their size). An empty group, of norm 1e-6, has no gradient.
  ///
  /// @return `[groups]`, as [#groups] lists them
  public NDArray norms(Group by) {
    var squares = new NDList();
    for (var group : grouped(by).values()) {
      squares.add(group.stream().map(w -> Ops.square(w).sum()).reduce(NDArray::add).orElseThrow());
    }
    return NDArrays.stack(squares).add(1e-12).sqrt();
  }

  private SequencedMap<String, List<NDArray>> grouped(Group by) {
    var groups = new LinkedHashMap<String, List<NDArray>>();
    for (String map : linearMaps()) {
      for (String matrix : List.of(map + A, map + B)) {
        var group =
            switch (by) {
              case BLOCK -> Adaptable.block(map).orElse(map);
              case MAP -> map;
              case MATRIX -> matrix;
            };
        groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(weights.get(matrix));
      }
    }
    return groups;
  }

  /// Writes the adapters as one safetensors file.
  public void save(Path file) {
    var settings = Map.of("rank", Integer.toString(rank), "alpha", Double.toString(alpha));
    Safetensors.write(file, weights, Dtype.F32, settings);
  }

  /// Reads what [#save] wrote.
  ///
  /// @throws IllegalArgumentException if the file is malformed or holds no adapters
  public static Lora read(Path file) {
    var settings = Safetensors.metadata(file);
    if (!settings.containsKey("rank") || !settings.containsKey("alpha")) {
      throw new IllegalArgumentException(
          "%s holds no LoRA adapters: give a file that Lora.save wrote.".formatted(file));
    }
    return new Lora(
        Integer.parseInt(settings.get("rank")),
        Double.parseDouble(settings.get("alpha")),
        Safetensors.read(file));
  }

  @Override
  public Lora copy() {
    return new Lora(rank, alpha, weights.copy());
  }

  @Override
  public void close() {
    weights.close();
  }
}
