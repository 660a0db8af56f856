package org.recollect.train;

import ai.djl.ndarray.NDArray;
import org.recollect.tensor.Ops;

/// The loss of direct preference optimisation (Rafailov et al., "Direct Preference Optimization",
/// 2023, arXiv:2305.18290, equation 7). With the gains `r = log p(y|x) - log p_0(y|x)` of the
/// better answer and of the worse one over a reference, in nats and summed over their tokens,
///
/// `L = -log sigmoid(beta (r_better - r_worse))`,
///
/// which is ln 2 where the model is the reference.
///
/// @param beta sharpness, above 0; 0.1 to 0.5 are usual
public record PreferenceLoss(double beta) {

  public PreferenceLoss {
    if (!(beta > 0)) {
      throw new IllegalArgumentException(
          "The sharpness beta of a preference is above 0, not %s: 0.1 is usual.".formatted(beta));
    }
  }

  /// The mean over pairs, a differentiable scalar.
  ///
  /// @param better gain of each better answer `[pairs]`
  /// @param worse gain of each worse answer `[pairs]`
  public NDArray of(NDArray better, NDArray worse) {
    return Ops.logSigmoid(Ops.scale(better.sub(worse), beta)).mean().neg();
  }
}
