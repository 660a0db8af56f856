package org.recollect.kv;

import java.util.Comparator;
import java.util.stream.IntStream;
import org.recollect.model.Prompt;
import org.recollect.model.Rope;

/// Keys and values of tokens as pages store them: heads side by side, turned and in the basis that
/// the layer's format asks for.
///
/// @param positions of the tokens `[tokens]`
/// @param keys `[tokens][channels]`
/// @param values `[tokens][channels]`
record Rows(int[] positions, float[] keys, float[] values) {

  /// A layer of a prompt, all heads.
  static Rows of(Prompt prompt, int layer, LayerFormat format) {
    return of(prompt, layer, format, 0, prompt.config().kvHeads());
  }

  /// A layer of a prompt: `heads` key/value heads from `firstHead` on.
  static Rows of(Prompt prompt, int layer, LayerFormat format, int firstHead, int heads) {
    int tokens = prompt.length();
    int headDim = prompt.config().headDim();
    float[] keys = new float[tokens * heads * headDim];
    float[] values = new float[tokens * heads * headDim];
    for (int head = 0; head < heads; head++) {
      for (int token = 0; token < tokens; token++) {
        int from = ((firstHead + head) * tokens + token) * headDim;
        int to = (token * heads + head) * headDim;
        System.arraycopy(prompt.layer(layer).keys(), from, keys, to, headDim);
        System.arraycopy(prompt.layer(layer).values(), from, values, to, headDim);
      }
    }
    var rows = new Rows(IntStream.range(0, tokens).toArray(), keys, values);
    rows.store(format, Rope.of(prompt.config()));
    return rows;
  }

  /// One token that has just been computed, before RoPE. The arrays are overwritten.
  static Rows of(int position, float[] key, float[] value, LayerFormat format, Rope rope) {
    var row = new Rows(new int[] {position}, key, value);
    row.store(format, rope);
    return row;
  }

  int tokens() {
    return positions.length;
  }

  int channels() {
    return keys.length / positions.length;
  }

  /// Some of the rows, in the order given.
  Rows pick(int[] rows) {
    int channels = rows.length == 0 ? 0 : channels();
    var picked =
        new Rows(
            new int[rows.length],
            new float[rows.length * channels],
            new float[rows.length * channels]);
    for (int i = 0; i < rows.length; i++) {
      picked.positions[i] = positions[rows[i]];
      System.arraycopy(keys, rows[i] * channels, picked.keys, i * channels, channels);
      System.arraycopy(values, rows[i] * channels, picked.values, i * channels, channels);
    }
    return picked;
  }

  private void store(LayerFormat format, Rope rope) {
    int channels = channels();
    for (int row = 0; row < positions.length; row++) {
      if (format.turned()) {
        turn(rope, row, positions[row]);
      }
      format.keyBasis().apply(keys, row * channels, channels);
      format.valueBasis().apply(values, row * channels, channels);
    }
  }

  /// The rows by ascending position.
  Rows ascending() {
    return pick(
        IntStream.range(0, positions.length)
            .boxed()
            .sorted(Comparator.comparingInt(row -> positions[row]))
            .mapToInt(Integer::intValue)
            .toArray());
  }

  /// Undoes what was done for storing: the model's own basis, and keys before RoPE.
  void restore(LayerFormat format, Rope rope) {
    int channels = positions.length == 0 ? 0 : channels();
    for (int row = 0; row < positions.length; row++) {
      format.keyBasis().undo(keys, row * channels, channels);
      format.valueBasis().undo(values, row * channels, channels);
      if (format.turned()) {
        turn(rope, row, -positions[row]);
      }
    }
  }

  /// Turns all heads of a row's key.
  void turn(Rope rope, int row, int position) {
    for (int head = 0; head < channels(); head += rope.headDim()) {
      rope.rotate(keys, row * channels() + head, position);
    }
  }
}
