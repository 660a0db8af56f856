package org.recollect.bench;

import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.NeighborQueue;
import org.recollect.kernel.Neighbours;

/// The peer of our search: Lucene's dot product of one query with each row, and Lucene's heap of
/// the best.
///
/// Codes are those of our own tables, `x = scale * code` with codes of -127 .. 127; Lucene needs
/// the query in such codes as well.
final class LuceneSearch {

  private static final int LARGEST_CODE = 127;

  private final float[][] rows;
  private final byte[][] codes;
  private final float[] scales;

  /// @param rows `[rows][dimensions]`
  LuceneSearch(float[][] rows) {
    requireVectorApi();
    this.rows = rows;
    this.codes = new byte[rows.length][];
    this.scales = new float[rows.length];
    for (int row = 0; row < rows.length; row++) {
      scales[row] = scale(rows[row]);
      codes[row] = codes(rows[row], scales[row]);
    }
  }

  Neighbours nearest(float[] query, int count) {
    var best = new NeighborQueue(count, false);
    for (int row = 0; row < rows.length; row++) {
      offer(best, count, row, VectorUtil.dotProduct(query, rows[row]));
    }
    return sorted(best);
  }

  Neighbours nearestCodes(float[] query, int count) {
    var best = new NeighborQueue(count, false);
    float scale = scale(query);
    byte[] code = codes(query, scale);
    for (int row = 0; row < codes.length; row++) {
      offer(best, count, row, scale * scales[row] * VectorUtil.dotProduct(code, codes[row]));
    }
    return sorted(best);
  }

  private static void offer(NeighborQueue best, int count, int row, float score) {
    if (best.size() < count || score > best.topScore()) {
      best.insertWithOverflow(row, score);
    }
  }

  /// The worst is on top.
  private static Neighbours sorted(NeighborQueue best) {
    int[] found = new int[best.size()];
    float[] scores = new float[best.size()];
    for (int i = found.length - 1; i >= 0; i--) {
      scores[i] = best.topScore();
      found[i] = best.pop();
    }
    return new Neighbours(found, scores);
  }

  private static float scale(float[] vector) {
    float largest = 0;
    for (float x : vector) {
      largest = Math.max(largest, Math.abs(x));
    }
    return largest == 0 ? 1 : largest / LARGEST_CODE;
  }

  private static byte[] codes(float[] vector, float scale) {
    byte[] codes = new byte[vector.length];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = (byte) Math.clamp(Math.round(vector[i] / scale), -LARGEST_CODE, LARGEST_CODE);
    }
    return codes;
  }

  /// Lucene falls back to scalar code without a word where it does not like the JVM. Which code
  /// runs it keeps to itself.
  private static void requireVectorApi() {
    try {
      var field = VectorUtil.class.getDeclaredField("IMPL");
      field.setAccessible(true);
      String implementation = field.get(null).getClass().getSimpleName();
      if (!implementation.startsWith("Panama")) {
        throw new IllegalStateException(
            "Lucene computes by its %s and not by the Vector API: start Java with --add-modules jdk.incubator.vector."
                .formatted(implementation));
      }
    } catch (ReflectiveOperationException changed) {
      throw new IllegalStateException(
          "This version of Lucene does not tell how it computes: compare with the version in pom.xml.",
          changed);
    }
  }
}
