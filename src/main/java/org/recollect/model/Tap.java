package org.recollect.model;

import ai.djl.ndarray.NDArray;

/// An observer of the forward pass. The arrays are the model's own: they are valid during the call,
/// must not be changed, and are `duplicate`d or copied out by who needs them longer.
public interface Tap {

  /// The residual stream on entering a layer.
  ///
  /// @param layer the decoder layer, from 0; the number of layers for what enters the final norm
  /// @param hidden `[batch][tokens][hiddenSize]`
  default void hidden(int layer, NDArray hidden) {}

  /// What a layer's attention is computed from.
  ///
  /// @param layer the decoder layer, from 0
  /// @param queries `[batch][heads][tokens][headDim]`, before RoPE
  /// @param keys `[batch][kvHeads][tokens][headDim]`, before RoPE
  /// @param values `[batch][kvHeads][tokens][headDim]`
  /// @param rotatedQueries the queries after RoPE
  /// @param rotatedKeys the keys after RoPE
  default void attention(
      int layer,
      NDArray queries,
      NDArray keys,
      NDArray values,
      NDArray rotatedQueries,
      NDArray rotatedKeys) {}
}
