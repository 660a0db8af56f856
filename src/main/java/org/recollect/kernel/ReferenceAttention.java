package org.recollect.kernel;

import java.util.Arrays;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// Decode attention as its formula reads: scalar, sums in double precision, no dense page rebuilt.
final class ReferenceAttention implements DecodeAttention {

  @Override
  public void logits(Page keys, int tokens, Heads heads, float[] queries, float[] logits, int at) {
    for (int query = 0; query < heads.queryHeads(); query++) {
      int q = query * heads.headDim();
      int from = query / heads.queriesPerHead() * heads.headDim();
      float[] own = Arrays.copyOfRange(queries, q, q + heads.headDim());
      double[] dots =
          switch (keys.format()) {
            case Floats floats -> overNumbers(keys, floats, tokens, from, own);
            case Grid grid -> overCodes(keys, grid, tokens, from, own);
          };
      for (int t = 0; t < tokens; t++) {
        logits[(at + t) * heads.queryHeads() + query] = (float) dots[t];
      }
    }
  }

  @Override
  public void logits(
      Page keys,
      int tokens,
      Heads heads,
      Basis basis,
      Rotary rotary,
      int[] positions,
      float[] queries,
      float[] logits,
      int at) {
    float[] key = new float[heads.channels()];
    for (int t = 0; t < tokens; t++) {
      keys.read(t, key, 0);
      basis.undo(key, 0, key.length);
      for (int head = 0; head < heads.kvHeads(); head++) {
        rotary.rotate(key, head * heads.headDim(), positions[t]);
      }
      for (int query = 0; query < heads.queryHeads(); query++) {
        int k = query / heads.queriesPerHead() * heads.headDim();
        int q = query * heads.headDim();
        double logit = 0;
        for (int c = 0; c < heads.headDim(); c++) {
          logit += (double) queries[q + c] * key[k + c];
        }
        logits[(at + t) * heads.queryHeads() + query] = (float) logit;
      }
    }
  }

  @Override
  public void accumulate(
      Page values, int tokens, Heads heads, float[] weights, int at, float[] output) {
    double[] sums = new double[heads.queryHeads() * heads.headDim()];
    float[] value = new float[heads.channels()];
    for (int t = 0; t < tokens; t++) {
      values.read(t, value, 0);
      for (int query = 0; query < heads.queryHeads(); query++) {
        double weight = weights[(at + t) * heads.queryHeads() + query];
        int v = query / heads.queriesPerHead() * heads.headDim();
        int o = query * heads.headDim();
        for (int c = 0; c < heads.headDim(); c++) {
          sums[o + c] += weight * value[v + c];
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      output[i] += (float) sums[i];
    }
  }

  /// The dot products of a query with the channels from `from` on of every token.
  private static double[] overNumbers(
      Page page, Floats floats, int tokens, int from, float[] query) {
    double[] dots = new double[tokens];
    for (int t = 0; t < tokens; t++) {
      for (int c = 0; c < query.length; c++) {
        dots[t] += (double) query[c] * page.number(floats, t, from + c);
      }
    }
    return dots;
  }

  /// The same over codes. Scales and offsets go into the query once for all tokens of a cell: with
  /// `folded[c] = query[c] * scale[c]` and `base = sum query[c] * offset[c]`, the dot product with
  /// each of them is `base + sum folded[c] * code[c]`.
  private static double[] overCodes(Page page, Grid grid, int tokens, int from, float[] query) {
    double[] dots = new double[tokens];
    double[] folded = new double[query.length];
    for (int first = 0; first < tokens; first += grid.groupTokens()) {
      double base = fold(page, grid, first, from, query, folded);
      int end = Math.min(tokens, first + grid.groupTokens());
      for (int t = first; t < end; t++) {
        dots[t] = base;
        for (int c = 0; c < folded.length; c++) {
          dots[t] += folded[c] * page.code(grid, t, from + c);
        }
      }
    }
    return dots;
  }

  private static double fold(
      Page page, Grid grid, int token, int from, float[] query, double[] folded) {
    double base = 0;
    for (int c = 0; c < query.length; ) {
      double scale = page.scale(grid, token, from + c);
      double offset = page.offset(grid, token, from + c);
      int rest = grid.groupChannels() - (from + c) % grid.groupChannels();
      int end = Math.min(query.length, c + rest);
      for (; c < end; c++) {
        folded[c] = query[c] * scale;
        base += query[c] * offset;
      }
    }
    return base;
  }
}
