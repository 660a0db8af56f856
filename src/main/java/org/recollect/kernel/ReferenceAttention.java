package org.recollect.kernel;

import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// Decode attention as its formula reads: scalar, sums in double precision, no dense page rebuilt.
final class ReferenceAttention implements DecodeAttention {

  @Override
  public void logits(Page keys, int tokens, Heads heads, float[] queries, float[] logits, int at) {
    int[] codes = new int[heads.headDim()];
    for (int t = 0; t < tokens; t++) {
      for (int head = 0; head < heads.kvHeads(); head++) {
        int from = head * heads.headDim();
        if (keys.format() instanceof Grid grid) {
          unpack(keys, grid, t, from, codes);
        }
        for (int j = 0; j < heads.queriesPerHead(); j++) {
          int query = head * heads.queriesPerHead() + j;
          int q = query * heads.headDim();
          double logit =
              switch (keys.format()) {
                case Floats floats -> dot(keys, floats, t, from, queries, q, heads.headDim());
                case Grid grid -> dot(keys, grid, t, from, codes, queries, q);
              };
          logits[(at + t) * heads.queryHeads() + query] = (float) logit;
        }
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

  private static void unpack(Page page, Grid grid, int token, int from, int[] codes) {
    for (int c = 0; c < codes.length; c++) {
      codes[c] = page.code(grid, token, from + c);
    }
  }

  private static double dot(
      Page page, Floats floats, int token, int from, float[] queries, int q, int channels) {
    double sum = 0;
    for (int c = 0; c < channels; c++) {
      sum += (double) queries[q + c] * page.number(floats, token, from + c);
    }
    return sum;
  }

  /// The dot product with a coded key: cell by cell `scale * sum(q * code) + offset * sum(q)`.
  private static double dot(
      Page page, Grid grid, int token, int from, int[] codes, float[] queries, int q) {
    double sum = 0;
    for (int c = 0; c < codes.length; ) {
      int cell = from + c;
      int end = Math.min(codes.length, c + grid.groupChannels() - cell % grid.groupChannels());
      double overCodes = 0;
      double overQuery = 0;
      for (; c < end; c++) {
        overCodes += (double) queries[q + c] * codes[c];
        overQuery += queries[q + c];
      }
      sum += page.scale(grid, token, cell) * overCodes + page.offset(grid, token, cell) * overQuery;
    }
    return sum;
  }
}
