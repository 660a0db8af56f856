package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// Weighted gradient ascent (Wang et al., "Rethinking LLM Unlearning Objectives: A Gradient
/// Perspective and Go Beyond", 2025, arXiv:2502.19301): up the loss of each token as far as it is
/// still likely,
///
/// `L = -p^beta l`, mean over items and over the tokens of their answers, with `l = -log p` the
/// loss of a token and no gradient through the weight.
///
/// The gradient is that of `p^beta / beta`: with beta 1, a descent on the tokens' probabilities.
///
/// @param beta at least 0, where 0 is [GradientAscent]; 1 in open-unlearning
public record Wga(double beta) implements LossTerm {

  public Wga {
    if (!(beta >= 0)) {
      throw new IllegalArgumentException(
          "The power of WGA's weight is at least 0, not %s: take 1.".formatted(beta));
    }
  }

  /// With the value of open-unlearning.
  public Wga() {
    this(1);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "WGA", "beta", beta);
  }

  @Override
  public Objective begin(Request request) {
    return (model, batch) -> {
      var losses = batch.losses(model);
      return losses.mul(weights(losses)).mul(batch.shares(model)).sum().neg();
    };
  }

  private NDArray weights(NDArray losses) {
    try (var _ = Torch.withoutGradients()) {
      return Ops.scale(losses, -beta).exp();
    }
  }
}
