package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.stream.LongStream;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Precision;

/// Causal attention `softmax(q Kᵀ / sqrt(headDim)) V` written out in blocks of queries, each of
/// which looks at the tokens up to its own end only. The result is that of [Ops#attention]; it is
/// written out where the products are in bfloat16, which the fused operator gains nothing from.
final class CausalAttention {

  /// Queries in a block.
  private static final int BLOCK = 128;

  private CausalAttention() {}

  /// @param queries `[batch][heads][tokens][headDim]`, after RoPE
  /// @param keys `[batch][kvHeads][tokens][headDim]`, after RoPE
  /// @param values `[batch][kvHeads][tokens][headDim]`
  /// @return `[batch][heads][tokens][headDim]`
  static NDArray attend(NDArray queries, NDArray keys, NDArray values, Precision precision) {
    long batch = keys.getShape().get(0);
    long kvHeads = keys.getShape().get(1);
    long headDim = keys.getShape().get(3);
    var mixed = new NDList();
    int from = 0;
    for (var block : blocks(queries)) {
      int to = from + (int) block.getShape().get(2);
      var weights = weights(block, keys, from, precision).reshape(batch, kvHeads, -1, to);
      var seen = values.get(":, :, :" + to);
      mixed.add(Ops.matmul(weights, seen, precision).reshape(batch, -1, to - from, headDim));
      from = to;
    }
    // DJL's concatenation of a single array is a duplicate, which cuts the gradient.
    return mixed.size() == 1 ? mixed.getFirst() : NDArrays.concat(mixed, 2);
  }

  /// The attention weights of consecutive queries.
  ///
  /// @param block `[batch][heads][count][headDim]`, the queries at `from` to `from + count - 1`
  /// @param keys `[batch][kvHeads][tokens][headDim]`
  /// @return `[batch][heads][count][from + count]`; a row sums to 1
  private static NDArray weights(NDArray block, NDArray keys, int from, Precision precision) {
    long batch = keys.getShape().get(0);
    long kvHeads = keys.getShape().get(1);
    long headDim = keys.getShape().get(3);
    long count = block.getShape().get(2);
    long to = from + count;
    // The query heads that share a key head lie side by side: one product serves them all.
    var grouped = Ops.scale(block, 1 / Math.sqrt(headDim)).reshape(batch, kvHeads, -1, headDim);
    var seen = keys.get(":, :, :" + to).transpose(0, 1, 3, 2);
    var logits = Ops.matmul(grouped, seen, precision).reshape(batch, -1, count, to);
    return Ops.softmax(logits.add(mask(block.getManager(), from, (int) to)));
  }

  /// The texts' queries in blocks.
  private static NDList blocks(NDArray queries) {
    int tokens = (int) queries.getShape().get(2);
    if (tokens <= BLOCK) {
      return new NDList(queries);
    }
    long[] ends = LongStream.iterate(BLOCK, end -> end < tokens, end -> end + BLOCK).toArray();
    return queries.split(ends, 2);
  }

  /// Zero where a query sees a token, minus infinity where the token comes later, `[to -
  /// from][to]`.
  static NDArray mask(NDManager manager, int from, int to) {
    float[] mask = new float[(to - from) * to];
    for (int query = from; query < to; query++) {
      for (int token = query + 1; token < to; token++) {
        mask[(query - from) * to + token] = Float.NEGATIVE_INFINITY;
      }
    }
    return Memory.ofFloats(manager, mask, to - from, to);
  }
}
