package org.recollect.kv;

import java.util.Arrays;
import java.util.List;
import org.recollect.model.Prompt;

/// What an [Allocator] shares out, and among whom.
///
/// @param prompt what is to be kept of
/// @param importance of every token, `[layers][kvHeads][tokens]`, as the scorer gave it
/// @param tokens kept by a head on average
/// @param budget for all of it
/// @param scorer whose first and last tokens are kept in any case
/// @param formats how each head is stored `[layers][kvHeads]`
public record Demand(
    Prompt prompt,
    float[][][] importance,
    int tokens,
    Budget budget,
    Scorer scorer,
    List<List<LayerFormat>> formats) {

  public int layers() {
    return importance.length;
  }

  public int kvHeads() {
    return importance[0].length;
  }

  /// Bytes allowed in all.
  public long bytes() {
    return budget.bytes(length(), prompt.config());
  }

  /// Bytes that one more token costs a head, as the budget counts them.
  ///
  /// @param tier of its key, 0 the finest
  public long bytes(int layer, int kvHead, int tier) {
    var format = formats.get(layer).get(kvHead);
    int channels = prompt.config().headDim();
    long key = format.keys(tier).bytes(1, channels);
    long beside = Integer.BYTES + (scorer.evictsWhileDecoding() ? Float.BYTES : 0);
    return budget.keysAlone() ? key : key + format.values().bytes(1, channels) + beside;
  }

  /// Tokens of the prompt.
  public int length() {
    return prompt.length();
  }

  /// Tokens that a head keeps whatever their importance, when heads keep [#tokens] on average: its
  /// first and last ones.
  public int always() {
    return Math.min(tokens, scorer.sinks() + scorer.recent(tokens));
  }

  /// Shares of all tokens in proportion to weights, at least [#always] and at most [#length] for
  /// each head, of which the sum is exact.
  ///
  /// @param weights `[layers][kvHeads]`, not negative
  /// @return tokens kept, `[layers][kvHeads]`, `tokens * layers * kvHeads` in all
  public int[][] inProportion(double[][] weights) {
    double[] flat = new double[layers() * kvHeads()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = weights[i / kvHeads()][i % kvHeads()];
    }
    int[] shares = Apportionment.of(flat, (long) tokens * flat.length, always(), length());
    int[][] table = new int[layers()][kvHeads()];
    for (int i = 0; i < flat.length; i++) {
      table[i / kvHeads()][i % kvHeads()] = shares[i];
    }
    return table;
  }

  /// Shares that all heads of a layer have in common, in proportion to weights, as [#inProportion];
  /// where a layer's share does not divide evenly among its heads, the rest stays unused.
  ///
  /// @param weights `[layers]`, not negative
  public int[][] byLayer(double[] weights) {
    int[] shares = Apportionment.of(weights, (long) tokens * layers(), always(), length());
    int[][] table = new int[layers()][kvHeads()];
    for (int layer = 0; layer < layers(); layer++) {
      Arrays.fill(table[layer], shares[layer]);
    }
    return table;
  }
}
