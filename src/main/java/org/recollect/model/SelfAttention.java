package org.recollect.model;

import ai.djl.ndarray.NDArray;
import org.recollect.tensor.Ops;

/// Attention as a layer needs it: to a whole text, to what a [KeyGate] lets through, or to what a
/// [Placement] does.
final class SelfAttention {

  private SelfAttention() {}

  /// @param x what enters the layer's attention, behind its norm `[batch][tokens][hiddenSize]`
  /// @param queries `[batch][heads][tokens][headDim]`, after RoPE
  /// @param keys `[batch][kvHeads][tokens][headDim]`, after RoPE
  /// @param values `[batch][kvHeads][tokens][headDim]`
  /// @return `[batch][heads][tokens][headDim]`
  static NDArray attend(
      Overlays overlays,
      int layer,
      NDArray x,
      NDArray queries,
      NDArray keys,
      NDArray values,
      Placement placement) {
    boolean whole = placement.mask() == null && placement.past(layer) == null;
    if (overlays.gate().isPresent()) {
      if (!whole) {
        throw new IllegalStateException(
            "A gated model reads a text at once, not in pieces or packed with others: read the pieces with the model below the gate.");
      }
      return GatedAttention.attend(queries, keys, values, overlays.gate().get().flags(layer, x));
    }
    if (!whole) {
      return PlacedAttention.attend(queries, keys, values, placement.mask(), placement.past(layer));
    }
    // Products are in the model's precision where a text is read at once, else in float32.
    return switch (overlays.precision()) {
      case FLOAT32 -> Ops.attention(queries, keys, values, true);
      case BFLOAT16 -> CausalAttention.attend(queries, keys, values, overlays.precision());
    };
  }
}
