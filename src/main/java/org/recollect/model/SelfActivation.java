package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import org.recollect.tensor.Ops;

/// Ranks that choose themselves (MoRA, "Little By Little: Continual Learning via Self-Activated
/// Sparse Mixture-of-Rank Adaptive Learning", 2025): the activation of each rank, relative to all,
/// is its score,
///
/// `s_i = u_i / sqrt(sum over j of u_j² + 1e-6)`\
/// `w = softmax(s / temperature)`
///
/// over all ranks there are. The largest `top` of `w` are kept, and of those the ones with a score
/// of at least the threshold; the rest are 0, and what is kept is not made to sum to 1. Gradients
/// flow through `w` and `u`; which are kept is a constant.
///
/// The abstract has no settings: `top` as the ranks of one task, a temperature of .5 and a
/// threshold of 0 are inferred.
///
/// @param temperature above 0; small ones leave the weight to the highest score
/// @param top ranks that an input may use, at least 1
/// @param threshold lowest score that counts, from -1 for any up to 1
public record SelfActivation(double temperature, int top, double threshold) implements RankGate {
  private static final double EPSILON = 1e-6;

  public SelfActivation {
    if (!(temperature > 0) || top < 1 || !(threshold >= -1 && threshold <= 1)) {
      throw new IllegalArgumentException(
          "Ranks choose themselves at a temperature above 0, at least one of them and with a threshold from -1 to 1; got %s, %d and %s."
              .formatted(temperature, top, threshold));
    }
  }

  /// At a temperature of .5, without negative scores.
  public SelfActivation(int top) {
    this(.5, top, 0);
  }

  @Override
  public NDArray gates(NDArray activations) {
    var squares = Ops.square(activations).sum(new int[] {-1}, true);
    var scores = activations.mul(Ops.rsqrt(squares.add(EPSILON)));
    var weights = Ops.softmax(Ops.scale(scores, 1 / temperature));
    var high = scores.duplicate().gte((float) threshold).toType(DataType.FLOAT32, false);
    return weights.mul(TopMask.of(weights, top)).mul(high);
  }
}
