package org.recollect.unlearning.vision;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Optional;
import org.recollect.tensor.Ops;

/// Forgetting up to a bound (Zhao et al., "Continual Forgetting for Pre-trained Vision Models",
/// 2024, arXiv:2403.11530, section 4.2): down the loss of what is kept and up that of what is
/// forgotten, until that has reached a bound,
///
/// `L = CE(D_r) + beta ReLU(bound - CE(D_f))`, each the mean of a batch, in nats.
///
/// A guess among C classes has a cross-entropy of `ln C`. The repository's bounds, 105 to 110, are
/// on the scale of its CosFace head.
///
/// @param beta weight of forgetting, at least 0; .2 or .25 in the repository's scripts
/// @param bound of the cross-entropy in nats, above 0; empty for `2 ln C` (inferred)
/// @param rate the highest learning rate of AdamW, falling as a cosine to a thousandth of it; 1e-2
///   for adapters in the scripts
/// @param weightDecay of AdamW; .05 in the scripts
/// @param steps of each request, at least 1; 100 epochs in the scripts, which no model this small
///   needs (inferred)
/// @param rows pictures of each side in a batch, at least 1; 48 in the scripts, a third of it here
public record BoundedAscent(
    double beta, Optional<Double> bound, double rate, double weightDecay, int steps, int rows) {

  public BoundedAscent {
    if (!(beta >= 0 && rate > 0 && weightDecay >= 0) || steps < 1 || rows < 1) {
      throw new IllegalArgumentException(
          "A bounded ascent has a beta and a decay of 0 or more, a rate above 0, and at least one step and row; got %s, %s, %s, %d and %d."
              .formatted(beta, weightDecay, rate, steps, rows));
    }
    bound.ifPresent(value -> {
      if (!(value > 0)) {
        throw new IllegalArgumentException(
            "A bound of the cross-entropy is above 0, not %s: 2 ln C is usual.".formatted(value));
      }
    });
  }

  /// For adapters, 160 steps at three times the scripts' rate (inferred): with fewer steps than
  /// theirs, a slower penalty would not have emptied any block by the end.
  public static BoundedAscent ofAdapters() {
    return new BoundedAscent(.2, Optional.empty(), 3e-2, .05, 160, 16);
  }

  /// For all weights, at a rate of 1e-3 (inferred), 160 steps.
  public static BoundedAscent ofWeights() {
    return ofAdapters().rate(1e-3);
  }

  /// The same with another weight of forgetting.
  public BoundedAscent beta(double beta) {
    return new BoundedAscent(beta, bound, rate, weightDecay, steps, rows);
  }

  /// The same with another bound, in nats.
  public BoundedAscent bound(double bound) {
    return new BoundedAscent(beta, Optional.of(bound), rate, weightDecay, steps, rows);
  }

  /// The same with another highest learning rate.
  public BoundedAscent rate(double rate) {
    return new BoundedAscent(beta, bound, rate, weightDecay, steps, rows);
  }

  /// The same with another number of steps for each request.
  public BoundedAscent steps(int steps) {
    return new BoundedAscent(beta, bound, rate, weightDecay, steps, rows);
  }

  /// The same in batches of another size.
  public BoundedAscent rows(int rows) {
    return new BoundedAscent(beta, bound, rate, weightDecay, steps, rows);
  }

  /// The loss of a batch of each side, differentiable.
  ///
  /// @param kept mean cross-entropy of what is kept, a scalar
  /// @param forgotten mean cross-entropy of what is to be forgotten, a scalar
  public NDArray loss(NDArray kept, NDArray forgotten, int classes) {
    return kept.add(Ops.scale(below(bound.orElse(usual(classes)), forgotten), beta));
  }

  /// `2 ln C`.
  static double usual(int classes) {
    return 2 * Math.log(classes);
  }

  /// What is missing to a bound; nothing, and no gradient, beyond it.
  static NDArray below(double bound, NDArray value) {
    return Ops.relu(value.neg().add((float) bound));
  }

  /// For the hash of a trial.
  Map<String, ?> configuration() {
    return Map.of(
        "beta",
        beta,
        "bound",
        bound.<Object>map(value -> value).orElse("2 ln C"),
        "rate",
        rate,
        "decay",
        weightDecay,
        "steps",
        steps,
        "rows",
        rows);
  }
}
