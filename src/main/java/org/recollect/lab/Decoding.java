package org.recollect.lab;

import org.recollect.tensor.RandomStream;

/// One decode step of attention: what all contenders compute. Keys, values and queries are normal
/// numbers; the texts of longer steps repeat, which changes no kernel's work.
///
/// @param tokens of a key/value head
/// @param kvHeads with the same keys and values, each in memory of its own
/// @param keys of the first `text` tokens `[text][HEAD_DIM]`
/// @param values of the first `text` tokens `[text][HEAD_DIM]`
/// @param queries of a key/value head, not scaled `[QUERIES][HEAD_DIM]`
public record Decoding(int tokens, int kvHeads, float[] keys, float[] values, float[] queries) {

  /// Channels of a head.
  public static final int HEAD_DIM = 128;

  /// Query heads that share a key/value head.
  public static final int QUERIES = 4;

  private static final int TEXT = 4096;
  private static final long SEED = 5;

  /// Random keys, values and queries, the same in every run.
  ///
  /// @param tokens of a head, at most 4,096 or a multiple of that
  /// @throws IllegalArgumentException if the text does not repeat a whole number of times
  public static Decoding of(int tokens, int kvHeads) {
    var random = RandomStream.of(SEED, "decoding");
    int text = Math.min(tokens, TEXT);
    if (tokens % text != 0) {
      throw new IllegalArgumentException(
          "A step of %d tokens is no multiple of the text's %d.".formatted(tokens, TEXT));
    }
    return new Decoding(
        tokens,
        kvHeads,
        random.gaussians(text * HEAD_DIM),
        random.gaussians(text * HEAD_DIM),
        random.gaussians(QUERIES * HEAD_DIM));
  }

  /// Tokens before keys and values repeat.
  public int text() {
    return keys.length / HEAD_DIM;
  }

  /// Times are told for one of them.
  public double tokensAndHeads() {
    return (double) tokens * kvHeads;
  }

  /// What logits are multiplied by.
  public static float scale() {
    return (float) (1 / Math.sqrt(HEAD_DIM));
  }

  /// `softmax(q k / sqrt(d)) v` in double precision: `[QUERIES][HEAD_DIM]`, the same for every
  /// key/value head.
  public float[] exact() {
    float[] output = new float[QUERIES * HEAD_DIM];
    for (int query = 0; query < QUERIES; query++) {
      double[] sums = new double[HEAD_DIM];
      double weights = 0;
      for (int token = 0; token < text(); token++) {
        double logit = 0;
        for (int c = 0; c < HEAD_DIM; c++) {
          logit += (double) queries[query * HEAD_DIM + c] * keys[token * HEAD_DIM + c];
        }
        double weight = Math.exp(logit / Math.sqrt(HEAD_DIM));
        weights += weight;
        for (int c = 0; c < HEAD_DIM; c++) {
          sums[c] += weight * values[token * HEAD_DIM + c];
        }
      }
      for (int c = 0; c < HEAD_DIM; c++) {
        output[query * HEAD_DIM + c] = (float) (sums[c] / weights);
      }
    }
    return output;
  }
}
