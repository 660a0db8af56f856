package org.recollect.kv;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.model.ModelConfig;
import org.recollect.model.Placement.Past;
import org.recollect.model.Rope;
import org.recollect.tensor.Memory;

/// One layer of a cache as plain vectors: what packed pages stand for.
///
/// @param renumbered whether the place of a token among those held is its position for RoPE
/// @param heads by key/value head
record Unpacked(ModelConfig config, Rope rope, boolean renumbered, List<Head> heads) {

  /// What one key/value head holds.
  ///
  /// @param positions in the text, ascending `[held]`
  /// @param keys before RoPE `[held][headDim]`
  /// @param turned the keys after RoPE `[held][headDim]`
  /// @param values `[held][headDim]`
  record Head(int[] positions, float[] keys, float[] turned, float[] values) {}

  static Unpacked of(List<Lane> lanes, ModelConfig config, boolean renumbered) {
    var rope = Rope.of(config);
    int perLane = config.kvHeads() / lanes.size();
    var heads =
        lanes.stream()
            .map(lane -> lane.unpack().ascending())
            .flatMap(rows ->
                IntStream.range(0, perLane).mapToObj(head -> head(rows, head, rope, renumbered)))
            .toList();
    return new Unpacked(config, rope, renumbered, heads);
  }

  private static Head head(Rows rows, int within, Rope rope, boolean renumbered) {
    int headDim = rope.headDim();
    int held = rows.tokens();
    float[] keys = new float[held * headDim];
    float[] values = new float[held * headDim];
    for (int row = 0; row < held; row++) {
      int from = row * rows.channels() + within * headDim;
      System.arraycopy(rows.keys(), from, keys, row * headDim, headDim);
      System.arraycopy(rows.values(), from, values, row * headDim, headDim);
    }
    int[] positions = rows.positions();
    return new Head(positions, keys, turned(keys, positions, rope, renumbered), values);
  }

  private static float[] turned(float[] keys, int[] positions, Rope rope, boolean renumbered) {
    float[] turned = keys.clone();
    for (int row = 0; row < positions.length; row++) {
      rope.rotate(turned, row * rope.headDim(), renumbered ? row : positions[row]);
    }
    return turned;
  }

  /// The layer with the tokens of a piece of text behind those held.
  ///
  /// @param keys before RoPE `[kvHeads][tokens][headDim]`
  /// @param values `[kvHeads][tokens][headDim]`
  /// @param position of the first of them
  Unpacked and(float[] keys, float[] values, int position) {
    int size = keys.length / config.kvHeads();
    int[] next = IntStream.range(position, position + size / config.headDim()).toArray();
    var longer =
        IntStream.range(0, config.kvHeads())
            .mapToObj(h -> {
              var head = heads.get(h);
              int[] positions =
                  IntStream.concat(Arrays.stream(head.positions), Arrays.stream(next)).toArray();
              float[] all = joined(head.keys, keys, h * size, size);
              return new Head(
                  positions,
                  all,
                  turned(all, positions, rope, renumbered),
                  joined(head.values, values, h * size, size));
            })
            .toList();
    return new Unpacked(config, rope, renumbered, longer);
  }

  private static float[] joined(float[] first, float[] then, int from, int count) {
    float[] joined = Arrays.copyOf(first, first.length + count);
    System.arraycopy(then, from, joined, first.length, count);
    return joined;
  }

  /// Adds the attention that a query pays to the tokens held up to its own, to `received[offset +
  /// position]` of each.
  ///
  /// @param head the query head
  /// @param query `[headDim]`, before RoPE
  /// @param position of the query's token in the text
  void attend(int head, float[] query, int position, float[] received, int offset) {
    var held = heads.get(head / config.groupSize());
    int seen = 0;
    while (seen < held.positions.length && held.positions[seen] <= position) {
      seen++;
    }
    float[] turned = query.clone();
    rope.rotate(turned, 0, renumbered ? Math.max(0, seen - 1) : position);
    double[] weights = new double[seen];
    double top = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < seen; i++) {
      float logit = 0;
      for (int c = 0; c < turned.length; c++) {
        logit += turned[c] * held.turned[i * turned.length + c];
      }
      weights[i] = logit / Math.sqrt(turned.length);
      top = Math.max(top, weights[i]);
    }
    double total = 0;
    for (int i = 0; i < seen; i++) {
      weights[i] = Math.exp(weights[i] - top);
      total += weights[i];
    }
    for (int i = 0; i < seen; i++) {
      received[offset + held.positions[i]] += (float) (weights[i] / total);
    }
  }

  /// The layer as a model reads a further piece of text with it. Heads that hold fewer tokens than
  /// others are padded, and the padding is masked.
  ///
  /// @param manager gets the arrays
  Past past(NDManager manager) {
    int width = heads.stream().mapToInt(head -> head.positions.length).max().orElseThrow();
    int size = width * config.headDim();
    float[] keys = new float[heads.size() * size];
    float[] values = new float[heads.size() * size];
    float[] mask = new float[config.heads() * width];
    boolean ragged = false;
    for (int h = 0; h < heads.size(); h++) {
      var head = heads.get(h);
      System.arraycopy(head.turned, 0, keys, h * size, head.turned.length);
      System.arraycopy(head.values, 0, values, h * size, head.values.length);
      ragged |= head.positions.length < width;
    }
    for (int head = 0; head < config.heads(); head++) {
      int held = heads.get(head / config.groupSize()).positions.length;
      Arrays.fill(mask, head * width + held, (head + 1) * width, Float.NEGATIVE_INFINITY);
    }
    long[] shape = {1, heads.size(), width, config.headDim()};
    return new Past(
        Memory.ofFloats(manager, keys, shape),
        Memory.ofFloats(manager, values, shape),
        ragged ? Memory.ofFloats(manager, mask, 1, config.heads(), 1, width) : null);
  }
}
