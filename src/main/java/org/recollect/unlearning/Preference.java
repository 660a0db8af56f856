package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Ops;

/// The logistic loss of preferences (Rafailov et al., "Direct Preference Optimization", 2023,
/// arXiv:2305.18290, equation 7), as [Npo], [SimNpo] and [IdkPreference] share it.
final class Preference {

  private Preference() {}

  /// `-(2 / beta) log sigmoid(beta m)`, mean over rows by their importance: `-m` and a constant
  /// where `beta m` is near 0, but level where it is large.
  ///
  /// @param margins `[rows]` in nats, larger as more is achieved
  static NDArray loss(LanguageModel model, QaBatch batch, NDArray margins, double beta) {
    var byItem = Ops.logSigmoid(Ops.scale(margins, beta));
    return Ops.scale(batch.mean(model, byItem), -2 / beta);
  }

  /// How much likelier each answer is than it was, `log p(y|x) - log p_0(y|x)` in nats, summed over
  /// its tokens: `[rows]`.
  static NDArray logRatios(LanguageModel model, Before before, QaBatch batch) {
    return before.read(batch, batch::answerLosses).sub(batch.answerLosses(model));
  }

  static double checked(double beta) {
    if (!(beta > 0)) {
      throw new IllegalArgumentException(
          "The sharpness beta of a preference is above 0, not %s: take 0.1 as NPO and DPO do."
              .formatted(beta));
    }
    return beta;
  }
}
