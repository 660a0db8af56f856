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
  /// @param mask `[tokens][tokens]` or `[tokens][past + tokens]`, or null for a causal one
  /// @param past what came before, or null
  /// @return `[batch][heads][tokens][headDim]`
  static NDArray attend(NDArray queries, NDArray keys, NDArray values, NDArray mask, Past past) {
    long tokens = queries.getShape().get(2);
    var manager = queries.getManager();
    var own = mask == null ? CausalAttention.mask(manager, 0, (int) tokens) : mask;
    var seen = own.reshape(1, 1, tokens, own.getShape().get(1));
    if (past == null) {
      return Ops.attention(queries, keys, values, seen);
    }
    boolean whole = seen.getShape().get(3) == past.tokens() + tokens;
    return Ops.attention(
        queries,
        NDArrays.concat(new NDList(past.keys(), keys), 2),
        NDArrays.concat(new NDList(past.values(), values), 2),
        whole ? seen : behind(past, seen));
  }

  /// The mask of a pass with that of its past before it, `[1][1 or heads][tokens][past + tokens]`.
  private static NDArray behind(Past past, NDArray seen) {
    long tokens = seen.getShape().get(2);
    var before =
        past.mask() == null
            ? seen.getManager().zeros(new Shape(1, 1, 1, past.tokens()))
            : past.mask();
    long heads = before.getShape().get(1);
    return NDArrays.concat(
        new NDList(
            before.broadcast(1, heads, tokens, past.tokens()),
            seen.broadcast(1, heads, tokens, tokens)),
        -1);
  }
}
