package org.recollect.kernel;

/// Dot products as their formula reads: scalar, sums in double precision.
final class ReferenceDotProducts implements DotProducts {

  @Override
  public void fill(VectorTable table, int from, int to, float[][] queries, float[] dots) {
    int at = 0;
    for (float[] query : queries) {
      for (int row = from; row < to; row++) {
        double dot = 0;
        for (int i = 0; i < query.length; i++) {
          dot += (double) query[i] * table.number(row, i);
        }
        dots[at++] = (float) dot;
      }
    }
  }
}
