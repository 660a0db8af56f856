package org.recollect.model;

import java.util.List;

/// A text the model has read, and what a cache may be built from: plain Java arrays, no native
/// memory. The arrays are shared, not copied: treat them as read-only.
///
/// @param config the shape of the model that read it
/// @param tokens the text, `[tokens]`, with -1 for each of the [VirtualTokens] before it
/// @param window of how many of the last queries the attention was recorded
/// @param layers one entry a layer
/// @param logits the model's prediction after the last token, `[vocab]`
public record Prompt(
    ModelConfig config, int[] tokens, int window, List<Layer> layers, float[] logits) {

  /// What one layer computed. Of a text that was read in pieces, the inputs and all but the last
  /// queries may be missing: those arrays are shorter.
  ///
  /// @param input the residual stream on entering the layer, `[tokens][hiddenSize]`
  /// @param queries before RoPE, `[heads][tokens][headDim]`
  /// @param keys before RoPE, `[kvHeads][tokens][headDim]`
  /// @param values `[kvHeads][tokens][headDim]`
  /// @param columnSums attention received by each token, summed over all queries,
  ///   `[heads][tokens]`; a head's sums add up to the number of tokens
  /// @param windowAttention attention weights of the last queries, `[heads][window][tokens]`
  /// @param argmax the token to which the last query attends most, `[heads]`
  /// @param massive the largest entries of the layer's input by absolute value, largest first
  public record Layer(
      float[] input,
      float[] queries,
      float[] keys,
      float[] values,
      float[] columnSums,
      float[] windowAttention,
      int[] argmax,
      List<Activation> massive) {}

  /// One entry of the residual stream.
  ///
  /// @param token position in the text
  /// @param channel position in the hidden vector
  /// @param value the entry, signed
  public record Activation(int token, int channel, float value) {}

  public int length() {
    return tokens.length;
  }

  public Layer layer(int layer) {
    return layers.get(layer);
  }
}
