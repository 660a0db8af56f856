package org.recollect.continual.adapter;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.SequencedMap;
import org.recollect.continual.Hooks;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Variants;
import org.recollect.data.Lesson;
import org.recollect.model.Lora;
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
public record OLora(Placing placing, double lambda1, double lambda2) implements Placed {

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
    return new StackedHooks(start, placing) {

      @Override
      public NDArray loss(List<Lesson> batch, NDArray loss) {
        var sum = loss;
        var newest = stack().newest();
        var older = stack().loras().subList(0, stack().loras().size() - 1);
        if (lambda1 > 0) {
          for (Lora old : older) {
            sum = sum.add(Ops.scale(overlap(old, newest), lambda1));
          }
        }
        if (lambda2 > 0) {
          sum = sum.add(Ops.scale(newest.norms(Lora.Group.MATRIX).sum(), lambda2));
        }
        return sum;
      }
    };
  }

  private static NDArray overlap(Lora old, Lora young) {
    return young.linearMaps().stream()
        .map(map -> Ops.matmul(old.rows(map), young.rows(map).transpose()).abs().sum())
        .reduce(NDArray::add)
        .orElseThrow();
  }
}
