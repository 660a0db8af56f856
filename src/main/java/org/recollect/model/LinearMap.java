package org.recollect.model;

import ai.djl.ndarray.NDArray;

/// Another way to compute one linear map of a [LanguageModel], in place of the product with its
/// weights; see [LanguageModel#replace]. What only adds to a map or looks at it is an [Adapter].
@FunctionalInterface
public interface LinearMap {

  /// What the map gives.
  ///
  /// @param input `[...][in]`, float32
  /// @return `[...][out]`
  NDArray apply(NDArray input);
}
