package org.recollect.continual.adapter;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.recollect.continual.Hooks;
import org.recollect.continual.Recipe;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Variants;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.model.Lora;
import org.recollect.model.LoraStack;
import org.recollect.tensor.Ops;

/// O-LoRA (Wang et al., "Orthogonal Subspace Learning for Language Model Continual Learning", 2023,
/// arXiv:2310.14152, equations 7 and 8): a LoRA for each task, all of them summed, the earlier ones
/// frozen; the rows of the new `A` are held apart from those of the old,
///
/// `L = l + lambda1 sum over maps, old tasks i of sum |A_i Aᵀ| + lambda2 sum |A|₂ + |B|₂`.
///
/// The first penalty is the sum of absolute values of the products, as in the authors' code; the
/// paper writes squares.
///
/// @param placing of each LoRA
/// @param lambda1 weight of the overlaps, at least 0; 0.5 in the authors' scripts
/// @param lambda2 weight of the sizes, at least 0; 0 to 0.3 there
public record OLora(Placing placing, double lambda1, double lambda2) implements Strategy {

  public OLora {
    if (!(lambda1 >= 0 && lambda2 >= 0)) {
      throw new IllegalArgumentException(
          "O-LoRA's penalties weigh at least 0, not %s and %s.".formatted(lambda1, lambda2));
    }
  }

  /// With the weights 0.5 and 0.
  public OLora(Placing placing) {
    this(placing, 0.5, 0);
  }

  @Override
  public String name() {
    return "O-LoRA";
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("placing", placing, "lambda1", lambda1, "lambda2", lambda2);
  }

  @Override
  public Recipe recipe(Recipe usual) {
    return placing.recipe(usual);
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    return Variants.strengths(
        "lambda1",
        other -> new OLora(placing, other, lambda2),
        lambda1 / 10,
        lambda1,
        10 * lambda1);
  }

  @Override
  public Hooks begin(Start start) {
    return new Stacked(start);
  }

  private final class Stacked implements Hooks {
    private final Start start;
    private LoraStack stack;

    Stacked(Start start) {
      this.start = start;
    }

    @Override
    public void beforeTask(Experience task) {
      long seed = start.seed() + task.index();
      if (stack == null) {
        stack = new LoraStack(placing.untrained(start.trainee().adaptable(), seed));
        start.trainee().lay(stack);
      } else {
        stack.grow(seed);
      }
      start.trainee().tune(stack.weights());
    }

    @Override
    public NDArray loss(List<Lesson> batch, NDArray loss) {
      var sum = loss;
      var older = stack.loras().subList(0, stack.loras().size() - 1);
      if (lambda1 > 0) {
        for (Lora old : older) {
          sum = sum.add(Ops.scale(overlap(old, stack.newest()), lambda1));
        }
      }
      if (lambda2 > 0) {
        sum = sum.add(Ops.scale(stack.newest().norms(Lora.Group.MATRIX).sum(), lambda2));
      }
      return sum;
    }

    private static NDArray overlap(Lora old, Lora young) {
      return young.linearMaps().stream()
          .map(map -> Ops.matmul(old.rows(map), young.rows(map).transpose()).abs().sum())
          .reduce(NDArray::add)
          .orElseThrow();
    }

    @Override
    public long bytes() {
      return stack.loras().stream()
          .mapToLong(lora -> Float.BYTES * lora.weights().parameters())
          .sum();
    }

    @Override
    public void save(Snapshot to) {
      for (int i = 0; i < stack.loras().size(); i++) {
        to.put("lora " + i, stack.loras().get(i).weights());
      }
    }

    @Override
    public void load(Snapshot from) {
      for (int i = 0; from.has("lora " + i); i++) {
        var lora = new Lora(placing.rank(), placing.alpha(), from.weights("lora " + i));
        if (stack == null) {
          stack = new LoraStack(lora);
        } else {
          stack.grow(lora);
        }
      }
      start.trainee().lay(stack);
    }

    @Override
    public void close() {
      if (stack != null) {
        stack.close();
      }
    }
  }
}
