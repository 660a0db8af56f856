package org.recollect.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/// The product that both halves of decode attention are: `sums[q][lane] += sum over rows of
/// coefficients[q][row] * matrix[row][lane]`. Over keys the coefficients are queries and the lanes
/// tokens; over values the coefficients are weights and the lanes channels.
///
/// Four queries share each number that is read. Sixteen running sums stay in registers while the
/// rows go by: one for each of four queries and four vectors of lanes.
final class SimdProduct {

  private static final int V = Lanes.COUNT;

  private SimdProduct() {}

  /// @param matrix rows of `lanes` floats, one after another from byte `at` on
  /// @param lanes a multiple of 16
  /// @param coefficients that of query `q` and row `r` at `from + q * stride + r`
  /// @param sums that of query `q` and lane `l` at `to + q * lanes + l`
  static void add(
      MemorySegment matrix,
      long at,
      int rows,
      int lanes,
      float[] coefficients,
      int from,
      int stride,
      int queries,
      float[] sums,
      int to) {
    int query = 0;
    for (; query + 4 <= queries; query += 4) {
      int c = from + query * stride;
      int lane = 0;
      for (; lane + 4 * V <= lanes; lane += 4 * V) {
        fourByFour(
            matrix,
            at + 4L * lane,
            rows,
            lanes,
            coefficients,
            c,
            stride,
            sums,
            to + query * lanes + lane);
      }
      for (; lane < lanes; lane += V) {
        fourByOne(
            matrix,
            at + 4L * lane,
            rows,
            lanes,
            coefficients,
            c,
            stride,
            sums,
            to + query * lanes + lane);
      }
    }
    for (; query < queries; query++) {
      int c = from + query * stride;
      int lane = 0;
      for (; lane + 4 * V <= lanes; lane += 4 * V) {
        oneByFour(
            matrix, at + 4L * lane, rows, lanes, coefficients, c, sums, to + query * lanes + lane);
      }
      for (; lane < lanes; lane += V) {
        oneByOne(
            matrix, at + 4L * lane, rows, lanes, coefficients, c, sums, to + query * lanes + lane);
      }
    }
  }

  private static void fourByFour(
      MemorySegment matrix,
      long at,
      int rows,
      int lanes,
      float[] c,
      int from,
      int stride,
      float[] sums,
      int to) {
    int to1 = to + lanes;
    int to2 = to1 + lanes;
    int to3 = to2 + lanes;
    var a0 = Lanes.floats(sums, to);
    var a1 = Lanes.floats(sums, to + V);
    var a2 = Lanes.floats(sums, to + 2 * V);
    var a3 = Lanes.floats(sums, to + 3 * V);
    var b0 = Lanes.floats(sums, to1);
    var b1 = Lanes.floats(sums, to1 + V);
    var b2 = Lanes.floats(sums, to1 + 2 * V);
    var b3 = Lanes.floats(sums, to1 + 3 * V);
    var c0 = Lanes.floats(sums, to2);
    var c1 = Lanes.floats(sums, to2 + V);
    var c2 = Lanes.floats(sums, to2 + 2 * V);
    var c3 = Lanes.floats(sums, to2 + 3 * V);
    var d0 = Lanes.floats(sums, to3);
    var d1 = Lanes.floats(sums, to3 + V);
    var d2 = Lanes.floats(sums, to3 + 2 * V);
    var d3 = Lanes.floats(sums, to3 + 3 * V);
    for (int row = 0; row < rows; row++) {
      long start = at + 4L * row * lanes;
      var x0 = Lanes.floats(matrix, start);
      var x1 = Lanes.floats(matrix, start + 4 * V);
      var x2 = Lanes.floats(matrix, start + 8 * V);
      var x3 = Lanes.floats(matrix, start + 12 * V);
      var q = FloatVector.broadcast(Lanes.FLOATS, c[from + row]);
      a0 = x0.fma(q, a0);
      a1 = x1.fma(q, a1);
      a2 = x2.fma(q, a2);
      a3 = x3.fma(q, a3);
      q = FloatVector.broadcast(Lanes.FLOATS, c[from + stride + row]);
      b0 = x0.fma(q, b0);
      b1 = x1.fma(q, b1);
      b2 = x2.fma(q, b2);
      b3 = x3.fma(q, b3);
      q = FloatVector.broadcast(Lanes.FLOATS, c[from + 2 * stride + row]);
      c0 = x0.fma(q, c0);
      c1 = x1.fma(q, c1);
      c2 = x2.fma(q, c2);
      c3 = x3.fma(q, c3);
      q = FloatVector.broadcast(Lanes.FLOATS, c[from + 3 * stride + row]);
      d0 = x0.fma(q, d0);
      d1 = x1.fma(q, d1);
      d2 = x2.fma(q, d2);
      d3 = x3.fma(q, d3);
    }
    a0.intoArray(sums, to);
    a1.intoArray(sums, to + V);
    a2.intoArray(sums, to + 2 * V);
    a3.intoArray(sums, to + 3 * V);
    b0.intoArray(sums, to1);
    b1.intoArray(sums, to1 + V);
    b2.intoArray(sums, to1 + 2 * V);
    b3.intoArray(sums, to1 + 3 * V);
    c0.intoArray(sums, to2);
    c1.intoArray(sums, to2 + V);
    c2.intoArray(sums, to2 + 2 * V);
    c3.intoArray(sums, to2 + 3 * V);
    d0.intoArray(sums, to3);
    d1.intoArray(sums, to3 + V);
    d2.intoArray(sums, to3 + 2 * V);
    d3.intoArray(sums, to3 + 3 * V);
  }

  private static void fourByOne(
      MemorySegment matrix,
      long at,
      int rows,
      int lanes,
      float[] c,
      int from,
      int stride,
      float[] sums,
      int to) {
    var a = Lanes.floats(sums, to);
    var b = Lanes.floats(sums, to + lanes);
    var e = Lanes.floats(sums, to + 2 * lanes);
    var d = Lanes.floats(sums, to + 3 * lanes);
    for (int row = 0; row < rows; row++) {
      var x = Lanes.floats(matrix, at + 4L * row * lanes);
      a = x.fma(FloatVector.broadcast(Lanes.FLOATS, c[from + row]), a);
      b = x.fma(FloatVector.broadcast(Lanes.FLOATS, c[from + stride + row]), b);
      e = x.fma(FloatVector.broadcast(Lanes.FLOATS, c[from + 2 * stride + row]), e);
      d = x.fma(FloatVector.broadcast(Lanes.FLOATS, c[from + 3 * stride + row]), d);
    }
    a.intoArray(sums, to);
    b.intoArray(sums, to + lanes);
    e.intoArray(sums, to + 2 * lanes);
    d.intoArray(sums, to + 3 * lanes);
  }

  private static void oneByFour(
      MemorySegment matrix,
      long at,
      int rows,
      int lanes,
      float[] c,
      int from,
      float[] sums,
      int to) {
    var a0 = Lanes.floats(sums, to);
    var a1 = Lanes.floats(sums, to + V);
    var a2 = Lanes.floats(sums, to + 2 * V);
    var a3 = Lanes.floats(sums, to + 3 * V);
    for (int row = 0; row < rows; row++) {
      long start = at + 4L * row * lanes;
      var q = FloatVector.broadcast(Lanes.FLOATS, c[from + row]);
      a0 = Lanes.floats(matrix, start).fma(q, a0);
      a1 = Lanes.floats(matrix, start + 4 * V).fma(q, a1);
      a2 = Lanes.floats(matrix, start + 8 * V).fma(q, a2);
      a3 = Lanes.floats(matrix, start + 12 * V).fma(q, a3);
    }
    a0.intoArray(sums, to);
    a1.intoArray(sums, to + V);
    a2.intoArray(sums, to + 2 * V);
    a3.intoArray(sums, to + 3 * V);
  }

  private static void oneByOne(
      MemorySegment matrix,
      long at,
      int rows,
      int lanes,
      float[] c,
      int from,
      float[] sums,
      int to) {
    var a = Lanes.floats(sums, to);
    for (int row = 0; row < rows; row++) {
      var q = FloatVector.broadcast(Lanes.FLOATS, c[from + row]);
      a = Lanes.floats(matrix, at + 4L * row * lanes).fma(q, a);
    }
    a.intoArray(sums, to);
  }
}
