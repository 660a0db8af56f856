package org.recollect.model;

import ai.djl.ndarray.NDArray;

/// An overlay on one linear map of an [Adaptable] model: LoRA, a gate, a mask, an expert.
@FunctionalInterface
public interface Adapter {

  /// What the map gives once this overlay has had its say.
  ///
  /// @param input `[...][in]`, what went into the linear map
  /// @param output `[...][out]`, what the map below gives
  /// @return `[...][out]`
  NDArray apply(NDArray input, NDArray output);
}
