package org.recollect.bench;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import org.recollect.lab.Contender;
import org.recollect.lab.Decoding;
import org.recollect.lab.Round;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// The peer of decode attention: PyTorch's `scaled_dot_product_attention` on the CPU.
///
/// The queries of a head are its rows, `q [1][kvHeads][QUERIES][d]`: one token attends to all keys,
/// so that no mask tells the query heads apart, and each key is read once. That is the fastest of
/// its forms by far. Repeating the keys for each query head, copied or not, takes three times as
/// long, and its own grouping (`enable_gqa`) thirty times, because no fused kernel takes it.
final class TorchAttention implements AutoCloseable {

  private final NDManager manager = Torch.manager();
  private final Decoding decoding;
  private final DataType type;
  private final int threads;
  private final NDArray queries;
  private final NDArray keys;
  private final NDArray values;

  /// @param type of keys, values, queries and output
  /// @param threads that PyTorch may use
  TorchAttention(Decoding decoding, DataType type, int threads) {
    this.decoding = decoding;
    this.type = type;
    this.threads = threads;
    try (var scope = Torch.newScope()) {
      queries = kept(decoding.queries(), 1);
      keys = kept(decoding.keys(), decoding.tokens() / decoding.text());
      values = kept(decoding.values(), decoding.tokens() / decoding.text());
      scope.unregister(queries, keys, values);
    }
  }

  Decoding decoding() {
    return decoding;
  }

  Contender contender(String name) {
    double bytes = 2.0 * Decoding.HEAD_DIM * type.getNumOfBytes();
    return new Contender(name, decoding.tokensAndHeads(), bytes, Round.of(this::attend));
  }

  /// `[QUERIES][HEAD_DIM]` of the first key/value head.
  float[] output() {
    try (var _ = Torch.newScope()) {
      var output = attention().get(0).get(0).toType(DataType.FLOAT32, true);
      return Memory.toFloats(output);
    }
  }

  @Override
  public void close() {
    manager.close();
  }

  private void attend() {
    try (var _ = Torch.newScope()) {
      attention();
    }
  }

  private NDArray attention() {
    Torch.threads(threads);
    return Ops.attention(queries, keys, values, false);
  }

  /// `[1][kvHeads][rows * times][HEAD_DIM]`
  private NDArray kept(float[] rows, long times) {
    int count = rows.length / Decoding.HEAD_DIM;
    return Memory.ofFloats(manager, rows, 1, 1, count, Decoding.HEAD_DIM)
        .tile(new long[] {1, decoding.kvHeads(), times, 1})
        .toType(type, true);
  }
}
