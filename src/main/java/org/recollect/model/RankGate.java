package org.recollect.model;

import ai.djl.ndarray.NDArray;

/// How much each rank of a [GatedRanks] counts for an input, told from the activations of all of
/// them: no router, no knowledge of the task.
@FunctionalInterface
public interface RankGate {

  /// Every rank counts in full: the plain sum of all LoRAs.
  RankGate OPEN = NDArray::onesLike;

  /// @param activations `u = A x`, `[...][ranks]`
  /// @return the factor of each activation `[...][ranks]`, differentiable in the activations as far
  ///   as the method says
  NDArray gates(NDArray activations);
}
