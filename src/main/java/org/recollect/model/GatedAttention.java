package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;

/// Causal attention in which every key has a flag `m`, which multiplies its weight before the
/// weights are made to sum to one:
///
/// `A[i][j] = exp(s[i][j]) m[j] / sum over k <= i of exp(s[i][k]) m[k]`, with `m[i] = 1` in row `i`
///
/// so that a token always sees itself. A flag of 0 leaves a token out exactly, and unlike minus
/// infinity added to the logit it still has a gradient: what letting the token in would change.
final class GatedAttention {

  /// Logits above those of the kept tokens that still count in the gradient of a flag of 0; `exp`
  /// of more would not be a finite float32.
  private static final double HIGHEST = 60;

  private GatedAttention() {}

  /// @param queries `[batch][heads][tokens][headDim]`, after RoPE
  /// @param keys `[batch][kvHeads][tokens][headDim]`, after RoPE
  /// @param values `[batch][kvHeads][tokens][headDim]`
  /// @param flags `[batch][kvHeads][tokens]`
  /// @return `[batch][heads][tokens][headDim]`
  static NDArray attend(NDArray queries, NDArray keys, NDArray values, NDArray flags) {
    var shape = queries.getShape();
    long batch = shape.get(0);
    long tokens = shape.get(2);
    long headDim = shape.get(3);
    long kvHeads = keys.getShape().get(1);
    requireFlags(flags, batch, kvHeads, tokens);
    var grouped =
        Ops.scale(queries, 1 / Math.sqrt(headDim)).reshape(batch, kvHeads, -1, tokens, headDim);
    var mask = CausalAttention.mask(queries.getManager(), 0, (int) tokens);
    var logits = Ops.matmul(grouped, keys.expandDims(2).transpose(0, 1, 2, 4, 3)).add(mask);
    var itself = identity(queries.getManager(), (int) tokens);
    var others = itself.neg().add(1);
    var seen = flags.reshape(batch, kvHeads, 1, 1, tokens).mul(others).add(itself);
    var weights = logits.sub(highestKept(logits, seen)).minimum(HIGHEST).exp().mul(seen);
    var shares = weights.div(weights.sum(new int[] {-1}, true));
    return Ops.matmul(shares, values.expandDims(2)).reshape(batch, -1, tokens, headDim);
  }

  private static void requireFlags(NDArray flags, long batch, long kvHeads, long tokens) {
    var shape = flags.getShape();
    if (shape.dimension() != 3
        || shape.get(0) != batch
        || shape.get(1) != kvHeads
        || shape.get(2) != tokens) {
      throw new IllegalArgumentException(
          "A key gate gave flags %s, expected [batch][kvHeads][tokens], here (%d, %d, %d)."
              .formatted(shape, batch, kvHeads, tokens));
    }
  }

  /// The largest logit of each row among the tokens that are kept, itself always among them: a
  /// constant, cut from the graph, that cancels in the quotient.
  private static NDArray highestKept(NDArray logits, NDArray seen) {
    var gone = seen.duplicate().lte(0).toType(DataType.FLOAT32, false);
    return logits.duplicate().sub(Ops.scale(gone, 1e30)).max(new int[] {-1}, true);
  }

  private static NDArray identity(NDManager manager, int tokens) {
    float[] ones = new float[tokens * tokens];
    for (int i = 0; i < tokens; i++) {
      ones[i * tokens + i] = 1;
    }
    return Memory.ofFloats(manager, ones, tokens, tokens);
  }
}
