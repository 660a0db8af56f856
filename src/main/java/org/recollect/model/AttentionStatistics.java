package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Precision;
import org.recollect.tensor.Torch;

/// Where attention goes in one text, gathered while the model reads it. The `T x T` weights are
/// never held: a layer's queries are taken in blocks, and each block's weights are summed up and
/// dropped. Mutable: one text, one object.
public final class AttentionStatistics implements Tap {

  private final int window;
  private final List<Layer> layers = new ArrayList<>();

  /// What one layer's heads attended to.
  ///
  /// @param columnSums attention received by each token, summed over all queries,
  ///   `[heads][tokens]`; a head's sums add up to the number of tokens
  /// @param windowAttention attention weights of the last queries, `[heads][window][tokens]`
  /// @param argmax the token to which the last query attends most, `[heads]`
  public record Layer(float[] columnSums, float[] windowAttention, int[] argmax) {}

  /// @param window how many of the last queries are kept row by row; a shorter text keeps all of
  ///   its queries
  public AttentionStatistics(int window) {
    if (window < 1) {
      throw new IllegalArgumentException(
          "window is " + window + ", but at least the last query is kept: give 1 or more.");
    }
    this.window = window;
  }

  /// One entry a layer, once the model has read the text.
  public List<Layer> layers() {
    return List.copyOf(layers);
  }

  /// @throws IllegalArgumentException if the batch has more than one text
  @Override
  public void attention(
      int layer,
      NDArray queries,
      NDArray keys,
      NDArray values,
      NDArray rotatedQueries,
      NDArray rotatedKeys) {
    if (queries.getShape().get(0) != 1) {
      throw new IllegalArgumentException(
          "the batch has %d texts, but attention statistics are those of one: pass them singly."
              .formatted(queries.getShape().get(0)));
    }
    layers.add(new Pass(rotatedQueries, rotatedKeys, window).run());
  }

  /// One layer of one text.
  private static final class Pass {

    private final NDArray queries;
    private final NDArray keys;
    private final int heads;
    private final int tokens;
    private final int rows;
    private final float[] sums;
    private final float[] last;

    Pass(NDArray queries, NDArray keys, int window) {
      var shape = queries.getShape();
      this.queries = queries;
      this.keys = keys;
      this.heads = (int) shape.get(1);
      this.tokens = (int) shape.get(2);
      this.rows = Math.min(window, tokens);
      this.sums = new float[heads * tokens];
      this.last = new float[heads * rows * tokens];
    }

    Layer run() {
      for (int from = 0; from < tokens; from += CausalAttention.BLOCK) {
        int to = Math.min(from + CausalAttention.BLOCK, tokens);
        try (var _ = Torch.newScope()) {
          add(weights(from, to), from, to);
        }
      }
      return new Layer(sums, last, argmax());
    }

    /// The attention weights of the queries `from` to `to - 1`, `[heads][to - from][to]`.
    private NDArray weights(int from, int to) {
      var block = queries.get(":, :, " + from + ":" + to);
      return CausalAttention.weights(block, keys, from, Precision.FLOAT32).squeeze(0);
    }

    private void add(NDArray weights, int from, int to) {
      float[] received = Memory.toFloats(weights.sum(new int[] {1}));
      for (int head = 0; head < heads; head++) {
        for (int token = 0; token < to; token++) {
          sums[head * tokens + token] += received[head * to + token];
        }
      }
      int first = Math.max(from, tokens - rows);
      if (first < to) {
        float[] kept = Memory.toFloats(weights.get(":, " + (first - from) + ":"));
        for (int head = 0; head < heads; head++) {
          for (int query = first; query < to; query++) {
            int at = (head * (to - first) + query - first) * to;
            int row = head * rows + query - (tokens - rows);
            System.arraycopy(kept, at, last, row * tokens, to);
          }
        }
      }
    }

    private int[] argmax() {
      int[] best = new int[heads];
      for (int head = 0; head < heads; head++) {
        int row = (head * rows + rows - 1) * tokens;
        for (int token = 1; token < tokens; token++) {
          if (last[row + token] > last[row + best[head]]) {
            best[head] = token;
          }
        }
      }
      return best;
    }
  }
}
