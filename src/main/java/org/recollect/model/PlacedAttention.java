package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import org.recollect.model.Placement.Past;
import org.recollect.tensor.Ops;

/// Attention of a pass that is not a whole text: its tokens see each other as a mask says, and the
/// keys and values that were there before.
final class PlacedAttention {

  private PlacedAttention() {}

  /// @param queries `[batch][heads][tokens][headDim]`, after RoPE
  /// @param keys `[batch][kvHeads][tokens][headDim]`, after RoPE
  /// @param values `[batch][kvHeads][tokens][headDim]`
  /// @param mask `[tokens][tokens]`, or null for a causal one
  /// @param past what came before, or null
  /// @return `[batch][heads][tokens][headDim]`
  static NDArray attend(NDArray queries, NDArray keys, NDArray values, NDArray mask, Past past) {
    long heads = queries.getShape().get(1);
    long tokens = queries.getShape().get(2);
    var manager = queries.getManager();
    var seen =
        (mask == null ? CausalAttention.mask(manager, 0, (int) tokens) : mask)
            .reshape(1, 1, tokens, tokens);
    if (past == null) {
      return Ops.attention(queries, keys, values, seen);
    }
    var before =
        past.mask() == null ? manager.zeros(new Shape(1, 1, 1, past.tokens())) : past.mask();
    var whole =
        NDArrays.concat(
            new NDList(
                before.broadcast(1, heads, tokens, past.tokens()),
                seen.broadcast(1, heads, tokens, tokens)),
            -1);
    return Ops.attention(
        queries,
        NDArrays.concat(new NDList(past.keys(), keys), 2),
        NDArrays.concat(new NDList(past.values(), values), 2),
        whole);
  }
}
