package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.IntStream;

/// Where the tokens of a pass stand in their text, and what they may attend to.
///
/// A text that is read at once is placed by [#ofText]. One that is read in pieces gives each piece
/// the keys and values of those before it; several short texts that share a pass are kept apart by
/// a mask; and a pass whose tokens are thinned out between layers keeps their positions.
///
/// @param positions of the tokens, for RoPE `[tokens]`
/// @param mask what is added to the logits, 0 or minus infinity, `[tokens][tokens]`, or
///   `[tokens][past + tokens]` where it speaks of the past as well; null where each token sees
///   itself and those before it
/// @param past what came before, layer by layer; empty for nothing
public record Placement(int[] positions, NDArray mask, List<Past> past) {

  /// Keys and values of one layer that are there already. A gradient flows into them if they ask
  /// for it.
  ///
  /// @param keys after RoPE `[batch][kvHeads][past][headDim]`
  /// @param values `[batch][kvHeads][past][headDim]`
  /// @param mask what is added to the logits, 0 or minus infinity, `[1][heads][1][past]`; null
  ///   where every token of the pass sees all of the past
  public record Past(NDArray keys, NDArray values, NDArray mask) {

    public int tokens() {
      return (int) keys.getShape().get(2);
    }
  }

  public Placement {
    past = List.copyOf(past);
    if (positions.length == 0) {
      throw new IllegalArgumentException("A pass has at least one token: give its position.");
    }
  }

  /// A whole text, from position 0 on.
  public static Placement ofText(int tokens) {
    return after(0, tokens, List.of());
  }

  /// A piece of a text, each token of which sees the past, itself and those before it.
  ///
  /// @param position of the first token
  public static Placement after(int position, int tokens, List<Past> past) {
    return new Placement(IntStream.range(position, position + tokens).toArray(), null, past);
  }

  /// Some of the tokens, at the positions that they had.
  ///
  /// @param kept indices into this pass, ascending
  public Placement pick(int[] kept) {
    if (mask != null) {
      throw new IllegalStateException(
          "Tokens of a masked pass cannot be thinned out: place each text by itself.");
    }
    return new Placement(IntStream.of(kept).map(i -> positions[i]).toArray(), null, past);
  }

  /// What a layer has of the past, or null.
  Past past(int layer) {
    return past.isEmpty() ? null : past.get(layer);
  }
}
