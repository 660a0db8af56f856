package org.recollect.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Dot products by the Vector API. One query takes four running sums, so that a multiply-add need
/// not wait for the one before; four queries take one each and share what was read of the row.
///
/// In every loop the running sum is the argument of the multiply-add and never its receiver, which
/// keeps it in a register whatever else the process runs. For the same reason the loops over floats
/// and over codes are written out twice, each over rows in a method of its own: where a vector
/// comes from a function chosen at run time, or the method grows beyond what the compiler takes
/// into one piece, it becomes an object, and the loop six times slower.
final class SimdDotProducts implements DotProducts {

  /// Queries that share one reading of a row.
  private static final int TOGETHER = 4;

  @Override
  public void fill(VectorTable table, int from, int to, float[][] queries, float[] dots) {
    int width = table.paddedDimensions();
    float[] padded = padded(queries, width);
    int query = 0;
    for (; query + TOGETHER <= queries.length; query += TOGETHER) {
      switch (table.storage()) {
        case F32 -> fourOverFloats(table, from, to, padded, query, dots);
        case INT8 -> fourOverCodes(table, from, to, padded, query, dots);
      }
    }
    for (; query < queries.length; query++) {
      switch (table.storage()) {
        case F32 -> oneOverFloats(table, from, to, padded, query, dots);
        case INT8 -> oneOverCodes(table, from, to, padded, query, dots);
      }
    }
  }

  private static void oneOverFloats(
      VectorTable table, int from, int to, float[] queries, int query, float[] dots) {
    int width = table.paddedDimensions();
    int rows = to - from;
    for (int row = from; row < to; row++) {
      dots[query * rows + row - from] =
          oneFloats(table.memory(), table.start(row), queries, query * width, width);
    }
  }

  private static void oneOverCodes(
      VectorTable table, int from, int to, float[] queries, int query, float[] dots) {
    int width = table.paddedDimensions();
    int rows = to - from;
    for (int row = from; row < to; row++) {
      dots[query * rows + row - from] =
          table.scale(row)
              * oneCodes(table.memory(), table.start(row), queries, query * width, width);
    }
  }

  private static void fourOverFloats(
      VectorTable table, int from, int to, float[] queries, int query, float[] dots) {
    int width = table.paddedDimensions();
    float[] four = new float[TOGETHER];
    for (int row = from; row < to; row++) {
      fourFloats(table.memory(), table.start(row), queries, query * width, width, four);
      scatter(four, table.scale(row), dots, query * (to - from) + row - from, to - from);
    }
  }

  private static void fourOverCodes(
      VectorTable table, int from, int to, float[] queries, int query, float[] dots) {
    int width = table.paddedDimensions();
    float[] four = new float[TOGETHER];
    for (int row = from; row < to; row++) {
      fourCodes(table.memory(), table.start(row), queries, query * width, width, four);
      scatter(four, table.scale(row), dots, query * (to - from) + row - from, to - from);
    }
  }

  private static void scatter(float[] four, float scale, float[] dots, int at, int stride) {
    for (int query = 0; query < TOGETHER; query++) {
      dots[at + query * stride] = scale * four[query];
    }
  }

  /// Queries one after another, each with zeros up to the length of a stored row.
  private static float[] padded(float[][] queries, int width) {
    float[] padded = new float[queries.length * width];
    for (int query = 0; query < queries.length; query++) {
      System.arraycopy(queries[query], 0, padded, query * width, queries[query].length);
    }
    return padded;
  }

  private static float oneFloats(MemorySegment row, long start, float[] query, int at, int width) {
    int lanes = Lanes.FLOATS.length();
    var a = FloatVector.zero(Lanes.FLOATS);
    var b = FloatVector.zero(Lanes.FLOATS);
    var c = FloatVector.zero(Lanes.FLOATS);
    var d = FloatVector.zero(Lanes.FLOATS);
    int i = 0;
    for (int end = width - 4 * lanes; i <= end; i += 4 * lanes) {
      a = floats(row, start, i).fma(Lanes.floats(query, at + i), a);
      b = floats(row, start, i + lanes).fma(Lanes.floats(query, at + i + lanes), b);
      c = floats(row, start, i + 2 * lanes).fma(Lanes.floats(query, at + i + 2 * lanes), c);
      d = floats(row, start, i + 3 * lanes).fma(Lanes.floats(query, at + i + 3 * lanes), d);
    }
    for (; i < width; i += lanes) {
      a = floats(row, start, i).fma(Lanes.floats(query, at + i), a);
    }
    return Lanes.sum(a.add(b).add(c.add(d)));
  }

  private static float oneCodes(MemorySegment row, long start, float[] query, int at, int width) {
    int lanes = Lanes.FLOATS.length();
    var a = FloatVector.zero(Lanes.FLOATS);
    var b = FloatVector.zero(Lanes.FLOATS);
    var c = FloatVector.zero(Lanes.FLOATS);
    var d = FloatVector.zero(Lanes.FLOATS);
    // A row of codes is a multiple of 64 numbers: of four times any number of lanes up to 16.
    for (int i = 0; i < width; i += 4 * lanes) {
      a = codes(row, start, i).fma(Lanes.floats(query, at + i), a);
      b = codes(row, start, i + lanes).fma(Lanes.floats(query, at + i + lanes), b);
      c = codes(row, start, i + 2 * lanes).fma(Lanes.floats(query, at + i + 2 * lanes), c);
      d = codes(row, start, i + 3 * lanes).fma(Lanes.floats(query, at + i + 3 * lanes), d);
    }
    return Lanes.sum(a.add(b).add(c.add(d)));
  }

  private static void fourFloats(
      MemorySegment row, long start, float[] queries, int at, int width, float[] four) {
    int lanes = Lanes.FLOATS.length();
    var a = FloatVector.zero(Lanes.FLOATS);
    var b = FloatVector.zero(Lanes.FLOATS);
    var c = FloatVector.zero(Lanes.FLOATS);
    var d = FloatVector.zero(Lanes.FLOATS);
    for (int i = 0; i < width; i += lanes) {
      var x = floats(row, start, i);
      a = x.fma(Lanes.floats(queries, at + i), a);
      b = x.fma(Lanes.floats(queries, at + i + width), b);
      c = x.fma(Lanes.floats(queries, at + i + 2 * width), c);
      d = x.fma(Lanes.floats(queries, at + i + 3 * width), d);
    }
    four[0] = Lanes.sum(a);
    four[1] = Lanes.sum(b);
    four[2] = Lanes.sum(c);
    four[3] = Lanes.sum(d);
  }

  private static void fourCodes(
      MemorySegment row, long start, float[] queries, int at, int width, float[] four) {
    int lanes = Lanes.FLOATS.length();
    var a = FloatVector.zero(Lanes.FLOATS);
    var b = FloatVector.zero(Lanes.FLOATS);
    var c = FloatVector.zero(Lanes.FLOATS);
    var d = FloatVector.zero(Lanes.FLOATS);
    for (int i = 0; i < width; i += lanes) {
      var x = codes(row, start, i);
      a = x.fma(Lanes.floats(queries, at + i), a);
      b = x.fma(Lanes.floats(queries, at + i + width), b);
      c = x.fma(Lanes.floats(queries, at + i + 2 * width), c);
      d = x.fma(Lanes.floats(queries, at + i + 3 * width), d);
    }
    four[0] = Lanes.sum(a);
    four[1] = Lanes.sum(b);
    four[2] = Lanes.sum(c);
    four[3] = Lanes.sum(d);
  }

  private static FloatVector floats(MemorySegment row, long start, int at) {
    return FloatVector.fromMemorySegment(Lanes.FLOATS, row, start + 4L * at, LITTLE_ENDIAN);
  }

  private static FloatVector codes(MemorySegment row, long start, int at) {
    return (FloatVector)
        ByteVector.fromMemorySegment(Lanes.BYTES, row, start + at, LITTLE_ENDIAN)
            .convertShape(VectorOperators.B2F, Lanes.FLOATS, 0);
  }
}
