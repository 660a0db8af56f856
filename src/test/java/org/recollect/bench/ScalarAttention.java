package org.recollect.bench;

import java.util.Arrays;
import org.recollect.lab.Contender;
import org.recollect.lab.Decoding;
import org.recollect.lab.Round;

/// A decode step in plain loops over arrays, as one writes it without the Vector API: all logits,
/// the softmax, the weighted sums. The compiler makes vectors of the last loop by itself, not of
/// sums.
final class ScalarAttention {

  private static final int DIM = Decoding.HEAD_DIM;

  private final Decoding decoding;
  private final float[] keys;
  private final float[] values;
  private final float[] weights;

  ScalarAttention(Decoding decoding) {
    this.decoding = decoding;
    this.keys = repeated(decoding.keys(), decoding.tokens());
    this.values = repeated(decoding.values(), decoding.tokens());
    this.weights = new float[decoding.tokens() * Decoding.QUERIES];
  }

  Contender contender(String name) {
    double bytes = 2.0 * DIM * Float.BYTES;
    return new Contender(name, decoding.tokens(), bytes, Round.of(this::output));
  }

  /// `[QUERIES][HEAD_DIM]`
  float[] output() {
    float[] largest = logits();
    float[] sums = softmax(largest);
    float[] output = new float[Decoding.QUERIES * DIM];
    for (int token = 0; token < decoding.tokens(); token++) {
      for (int query = 0; query < Decoding.QUERIES; query++) {
        add(weights[token * Decoding.QUERIES + query] / sums[query], token, output, query * DIM);
      }
    }
    return output;
  }

  /// Fills the weights with logits; the largest of each query.
  private float[] logits() {
    float[] largest = new float[Decoding.QUERIES];
    Arrays.fill(largest, Float.NEGATIVE_INFINITY);
    for (int token = 0; token < decoding.tokens(); token++) {
      for (int query = 0; query < Decoding.QUERIES; query++) {
        float logit = Decoding.scale() * dot(query * DIM, token * DIM);
        weights[token * Decoding.QUERIES + query] = logit;
        largest[query] = Math.max(largest[query], logit);
      }
    }
    return largest;
  }

  /// The sums of the weights of each query.
  private float[] softmax(float[] largest) {
    float[] sums = new float[Decoding.QUERIES];
    for (int i = 0; i < weights.length; i++) {
      int query = i % Decoding.QUERIES;
      weights[i] = (float) Math.exp(weights[i] - largest[query]);
      sums[query] += weights[i];
    }
    return sums;
  }

  private float dot(int query, int key) {
    float sum = 0;
    for (int c = 0; c < DIM; c++) {
      sum += decoding.queries()[query + c] * keys[key + c];
    }
    return sum;
  }

  private void add(float weight, int token, float[] output, int at) {
    for (int c = 0; c < DIM; c++) {
      output[at + c] += weight * values[token * DIM + c];
    }
  }

  private static float[] repeated(float[] text, int tokens) {
    float[] all = new float[tokens * DIM];
    for (int at = 0; at < all.length; at += text.length) {
      System.arraycopy(text, 0, all, at, text.length);
    }
    return all;
  }
}
