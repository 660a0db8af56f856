package org.recollect.continual.adapter;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Variants;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.model.Lora;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// RegLoRA, the second half of SEFE (Chen et al., "SEFE: Superficial and Essential Forgetting
/// Eliminator", 2025, arXiv:2505.02486): a new LoRA for each task over the model in which all
/// earlier ones are merged, held away from the entries that mattered most to them. After a task the
/// largest entries of `|B A|` in each map join a list `K`, and the next tasks minimise
///
/// `L = l + lambda mean over maps of mean over (i, j) in K of |(B A)_ij|`.
///
/// An entry that is among the largest twice stands in the list twice, as in the authors' code.
///
/// @param placing of each LoRA
/// @param lambda strength, above 0; 2500 in the paper for models ten thousand times as large
/// @param share of a map's entries that a task adds, above 0 up to 1; 0.02 in the paper
public record RegLora(Placing placing, double lambda, double share) implements Placed {

  public RegLora {
    if (!(lambda > 0 && share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "RegLoRA has a strength above 0 and keeps a share of the entries above 0 up to 1; got %s and %s."
              .formatted(lambda, share));
    }
  }

  /// With a share of 0.02.
  public RegLora(Placing placing, double lambda) {
    this(placing, lambda, 0.02);
  }

  @Override
  public String name() {
    return "RegLoRA";
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    return Variants.strengths(
        "lambda", other -> new RegLora(placing, other, share), lambda / 10, lambda, 10 * lambda);
  }

  @Override
  public Hooks begin(Start start) {
    return new Held(start);
  }

  private final class Held implements Hooks {
    private final Start start;
    private Lora lora;

    /// How often each entry stands in the list, by map; null before the first task is over.
    private Weights listed;

    private long tasks;

    Held(Start start) {
      this.start = start;
    }

    @Override
    public void beforeTask(Experience task) {
      lora = placing.untrained(start.trainee().adaptable(), start.seed() + task.index());
      start.trainee().lay(lora);
      start.trainee().tune(lora.weights());
    }

    @Override
    public NDArray loss(List<Lesson> batch, NDArray loss) {
      if (listed == null) {
        return loss;
      }
      var sum = loss;
      int maps = lora.linearMaps().size();
      for (String map : lora.linearMaps()) {
        var times = listed.get(map);
        double length = length(times);
        var penalty = lora.difference(map).abs().mul(times).sum();
        sum = sum.add(Ops.scale(penalty, lambda / (length * maps)));
      }
      return sum;
    }

    /// The length of a map's list.
    private double length(NDArray times) {
      return Math.ceil(share * times.size()) * tasks;
    }

    @Override
    public void afterTask(Experience task) {
      var model = start.trainee().adaptable();
      list();
      lora.mergeInto(model, model);
      start.trainee().lay();
      lora.close();
      lora = null;
    }

    /// Adds the largest entries of each map to its list.
    private void list() {
      var lists = new LinkedHashMap<String, NDArray>();
      try (var manager = Torch.manager();
          var _ = Torch.newScope()) {
        for (String map : lora.linearMaps()) {
          var product = lora.difference(map).abs();
          float[] sizes = Memory.toFloats(product);
          float[] times =
              listed == null ? new float[sizes.length] : Memory.toFloats(listed.get(map));
          for (int place : largest(sizes, (int) Math.ceil(share * sizes.length))) {
            times[place]++;
          }
          lists.put(map, Memory.ofFloats(manager, times, product.getShape().getShape()));
        }
        closeLists();
        listed = Weights.of(lists);
        tasks++;
      }
    }

    private static int[] largest(float[] sizes, int count) {
      return IntStream.range(0, sizes.length)
          .boxed()
          .sorted((a, b) -> Float.compare(sizes[b], sizes[a]))
          .limit(count)
          .mapToInt(place -> place)
          .toArray();
    }

    private void closeLists() {
      if (listed != null) {
        listed.close();
      }
    }

    @Override
    public long bytes() {
      return listed == null ? 0 : Math.round(share * listed.parameters()) * tasks * Integer.BYTES;
    }

    @Override
    public void save(Snapshot to) {
      to.put("listed", listed);
      to.put("tasks", tasks);
    }

    @Override
    public void load(Snapshot from) {
      listed = from.weights("listed");
      tasks = Math.round(from.numbers("tasks")[0]);
    }

    @Override
    public void close() {
      closeLists();
      if (lora != null) {
        lora.close();
      }
    }
  }
}
