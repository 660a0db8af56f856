package org.recollect.model;

import ai.djl.ndarray.NDArray;

/// An observer of what overlays with gates let through while a model computes. The arrays are the
/// overlay's own: they are valid during the call and must not be changed; who needs a number copies
/// it out, and who adds to the loss computes from them within the same pass.
public interface GateTap {

  /// Sees nothing.
  GateTap NONE = new GateTap() {};

  /// How much each part counted.
  ///
  /// @param linearMap the map that is adapted
  /// @param gates of ranks or experts, as they were applied, `[...][parts]`
  default void gates(String linearMap, NDArray gates) {}

  /// How a router chose, before the same pass's [#gates].
  ///
  /// @param linearMap the map that is adapted
  /// @param probabilities of all parts, `[...][parts]`, differentiable
  /// @param gates of the same shape, 0 for those that were not chosen
  default void routed(String linearMap, NDArray probabilities, NDArray gates) {}
}
