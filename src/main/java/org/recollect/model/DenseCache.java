package org.recollect.model;

import java.util.Arrays;

/// The cache that forgets nothing: every key (after RoPE) and value in float32. Mutable.
///
/// `attend` is the formula: `softmax(q Kᵀ / sqrt(headDim)) V`, one query head at a time.
public final class DenseCache implements KeyValueCache {

  private final ModelConfig config;
  private final Rope rope;

  /// By layer, `[kvHeads][capacity][headDim]`.
  private final float[][] keys;

  private final float[][] values;
  private final int[] lengths;
  private int capacity;

  public DenseCache(ModelConfig config) {
    this.config = config;
    this.rope = Rope.of(config);
    this.capacity = 64;
    this.keys = new float[config.layers()][config.kvHeads() * capacity * config.headDim()];
    this.values = new float[config.layers()][config.kvHeads() * capacity * config.headDim()];
    this.lengths = new int[config.layers()];
  }

  /// A cache that has seen a prompt.
  public static DenseCache of(Prompt prompt) {
    var cache = new DenseCache(prompt.config());
    cache.reserve(prompt.tokens().length);
    int headDim = cache.config.headDim();
    for (int layer = 0; layer < cache.keys.length; layer++) {
      for (int head = 0; head < cache.config.kvHeads(); head++) {
        int from = head * prompt.length() * headDim;
        int to = head * cache.capacity * headDim;
        int count = prompt.length() * headDim;
        System.arraycopy(prompt.layer(layer).keys(), from, cache.keys[layer], to, count);
        System.arraycopy(prompt.layer(layer).values(), from, cache.values[layer], to, count);
        for (int token = 0; token < prompt.length(); token++) {
          cache.rope.rotate(cache.keys[layer], to + token * headDim, token);
        }
      }
      cache.lengths[layer] = prompt.length();
    }
    return cache;
  }

  @Override
  public int position() {
    return lengths[lengths.length - 1];
  }

  @Override
  public void attend(int layer, float[] queries, float[] keys, float[] values, float[] output) {
    int headDim = config.headDim();
    int position = lengths[layer];
    reserve(position + 1);
    for (int head = 0; head < config.kvHeads(); head++) {
      int to = (head * capacity + position) * headDim;
      System.arraycopy(keys, head * headDim, this.keys[layer], to, headDim);
      System.arraycopy(values, head * headDim, this.values[layer], to, headDim);
      rope.rotate(this.keys[layer], to, position);
    }
    lengths[layer] = position + 1;

    float[] query = new float[headDim];
    double[] weights = new double[position + 1];
    for (int head = 0; head < config.heads(); head++) {
      System.arraycopy(queries, head * headDim, query, 0, headDim);
      rope.rotate(query, 0, position);
      int from = head / config.groupSize() * capacity * headDim;
      softmax(query, this.keys[layer], from, weights);
      mix(weights, this.values[layer], from, output, head * headDim);
    }
  }

  /// The attention weights of one query over the keys that begin at `from`.
  private static void softmax(float[] query, float[] keys, int from, double[] weights) {
    double scale = 1 / Math.sqrt(query.length);
    double top = Double.NEGATIVE_INFINITY;
    for (int token = 0; token < weights.length; token++) {
      double logit = 0;
      for (int i = 0; i < query.length; i++) {
        logit += query[i] * keys[from + token * query.length + i];
      }
      weights[token] = logit * scale;
      top = Math.max(top, weights[token]);
    }
    double total = 0;
    for (int token = 0; token < weights.length; token++) {
      weights[token] = Math.exp(weights[token] - top);
      total += weights[token];
    }
    for (int token = 0; token < weights.length; token++) {
      weights[token] /= total;
    }
  }

  /// The mean of the values under the weights.
  private void mix(double[] weights, float[] values, int from, float[] output, int to) {
    int headDim = config.headDim();
    Arrays.fill(output, to, to + headDim, 0);
    for (int token = 0; token < weights.length; token++) {
      float weight = (float) weights[token];
      for (int i = 0; i < headDim; i++) {
        output[to + i] += weight * values[from + token * headDim + i];
      }
    }
  }

  /// Makes room for so many tokens in every layer.
  private void reserve(int tokens) {
    if (tokens <= capacity) {
      return;
    }
    int larger = Math.max(tokens, 2 * capacity);
    for (int layer = 0; layer < keys.length; layer++) {
      keys[layer] = spread(keys[layer], larger);
      values[layer] = spread(values[layer], larger);
    }
    capacity = larger;
  }

  private float[] spread(float[] rows, int larger) {
    int headDim = config.headDim();
    float[] copy = new float[config.kvHeads() * larger * headDim];
    for (int head = 0; head < config.kvHeads(); head++) {
      System.arraycopy(
          rows, head * capacity * headDim, copy, head * larger * headDim, capacity * headDim);
    }
    return copy;
  }

  /// Bytes of the tokens held; room kept for tokens to come is not counted.
  @Override
  public long bytes() {
    long tokens = Arrays.stream(lengths).asLongStream().sum();
    return tokens * config.kvHeads() * config.headDim() * 2 * Float.BYTES;
  }

  @Override
  public void close() {}
}
