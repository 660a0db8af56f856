package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// Gradient ascent weighted by saturation and importance (Yang et al., "Exploring Criteria of Loss
/// Reweighting to Enhance LLM Unlearning", 2025, arXiv:2505.11953): tokens that are still likely
/// weigh more, and among those the ones that are not yet certain,
///
/// `L = -p^beta1 (1 - p)^beta2 l`, mean over items and over the tokens of their answers, with `l =
/// -log p` the loss of a token and no gradient through the weight.
///
/// @param beta1 power of the saturation, at least 0; 5 in open-unlearning
/// @param beta2 power of the importance, at least 0; 1 in open-unlearning. With 0 this is [Wga]
public record SatImp(double beta1, double beta2) implements LossTerm {

  /// In place of a `1 - p` of 0, which has no logarithm.
  private static final float LEAST = 1e-30f;

  public SatImp {
    if (!(beta1 >= 0 && beta2 >= 0)) {
      throw new IllegalArgumentException(
          "The powers of SatImp's weight are at least 0, not %s and %s: take 5 and 1."
              .formatted(beta1, beta2));
    }
  }

  /// With the values of open-unlearning.
  public SatImp() {
    this(5, 1);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "SatImp", "beta1", beta1, "beta2", beta2);
  }

  @Override
  public Objective begin(Request request) {
    return (model, batch) -> {
      var losses = batch.losses(model);
      return losses.mul(weights(losses)).mul(batch.shares(model)).sum().neg();
    };
  }

  /// `[rows][length]`, from the losses likewise
  NDArray weights(NDArray losses) {
    try (var _ = Torch.withoutGradients()) {
      var rest = losses.neg().exp().neg().add(1).maximum(LEAST);
      return Ops.scale(losses, -beta1).add(Ops.scale(rest.log(), beta2)).exp();
    }
  }
}
