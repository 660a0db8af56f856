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
/// keeps it in a register whatever else the process runs.
final class SimdDotProducts implements DotProducts {

  /// Queries that share one reading of a row.
  private static final int TOGETHER = 4;

  @Override
  public void fill(VectorTable table, int from, int to, float[][] queries, float[] dots) {
    int rows = to - from;
    int query = 0;
    for (; query + TOGETHER <= queries.length; query += TOGETHER) {
      float[] padded = padded(table, queries, query, TOGETHER);
      switch (table.storage()) {
        case F32 -> fourOverFloats(table, from, to, padded, dots, query * rows);
        case INT8 -> fourOverCodes(table, from, to, padded, dots, query * rows);
      }
    }
    for (; query < queries.length; query++) {
      float[] padded = padded(table, queries, query, 1);
      switch (table.storage()) {
        case F32 -> oneOverFloats(table, from, to, padded, dots, query * rows);
        case INT8 -> oneOverCodes(table, from, to, padded, dots, query * rows);
      }
    }
  }

  /// Queries one after another, each with zeros up to the length of a stored row.
  private static float[] padded(VectorTable table, float[][] queries, int first, int count) {
    int width = table.paddedDimensions();
    float[] padded = new float[count * width];
    for (int i = 0; i < count; i++) {
      System.arraycopy(queries[first + i], 0, padded, i * width, table.dimensions());
    }
    return padded;
  }

  private static void oneOverFloats(
      VectorTable table, int from, int to, float[] query, float[] dots, int at) {
    for (int row = from; row < to; row++) {
      dots[at++] = overFloats(table.memory(), table.start(row), query);
    }
  }

  private static float overFloats(MemorySegment memory, long start, float[] query) {
    int lanes = Lanes.FLOATS.length();
    var a = FloatVector.zero(Lanes.FLOATS);
    var b = FloatVector.zero(Lanes.FLOATS);
    var c = FloatVector.zero(Lanes.FLOATS);
    var d = FloatVector.zero(Lanes.FLOATS);
    int i = 0;
    for (int end = query.length - 4 * lanes; i <= end; i += 4 * lanes) {
      a = floats(memory, start, i).fma(of(query, i), a);
      b = floats(memory, start, i + lanes).fma(of(query, i + lanes), b);
      c = floats(memory, start, i + 2 * lanes).fma(of(query, i + 2 * lanes), c);
      d = floats(memory, start, i + 3 * lanes).fma(of(query, i + 3 * lanes), d);
    }
    for (; i < query.length; i += lanes) {
      a = floats(memory, start, i).fma(of(query, i), a);
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  private static void oneOverCodes(
      VectorTable table, int from, int to, float[] query, float[] dots, int at) {
    for (int row = from; row < to; row++) {
      dots[at++] = table.scale(row) * overCodes(table.memory(), table.start(row), query);
    }
  }

  private static float overCodes(MemorySegment memory, long start, float[] query) {
    int lanes = Lanes.FLOATS.length();
    var a = FloatVector.zero(Lanes.FLOATS);
    var b = FloatVector.zero(Lanes.FLOATS);
    var c = FloatVector.zero(Lanes.FLOATS);
    var d = FloatVector.zero(Lanes.FLOATS);
    // A row of codes is a multiple of 64 numbers: of four times any number of lanes up to 16.
    for (int i = 0; i < query.length; i += 4 * lanes) {
      a = codes(memory, start, i).fma(of(query, i), a);
      b = codes(memory, start, i + lanes).fma(of(query, i + lanes), b);
      c = codes(memory, start, i + 2 * lanes).fma(of(query, i + 2 * lanes), c);
      d = codes(memory, start, i + 3 * lanes).fma(of(query, i + 3 * lanes), d);
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  private static void fourOverFloats(
      VectorTable table, int from, int to, float[] queries, float[] dots, int at) {
    float[] four = new float[TOGETHER];
    for (int row = from; row < to; row++) {
      fourFloats(table.memory(), table.start(row), queries, four);
      scatter(four, 1, dots, at + row - from, to - from);
    }
  }

  private static void fourFloats(MemorySegment memory, long start, float[] queries, float[] four) {
    int lanes = Lanes.FLOATS.length();
    int width = queries.length / TOGETHER;
    var a = FloatVector.zero(Lanes.FLOATS);
    var b = FloatVector.zero(Lanes.FLOATS);
    var c = FloatVector.zero(Lanes.FLOATS);
    var d = FloatVector.zero(Lanes.FLOATS);
    for (int i = 0; i < width; i += lanes) {
      var x = floats(memory, start, i);
      a = x.fma(of(queries, i), a);
      b = x.fma(of(queries, i + width), b);
      c = x.fma(of(queries, i + 2 * width), c);
      d = x.fma(of(queries, i + 3 * width), d);
    }
    four[0] = a.reduceLanes(VectorOperators.ADD);
    four[1] = b.reduceLanes(VectorOperators.ADD);
    four[2] = c.reduceLanes(VectorOperators.ADD);
    four[3] = d.reduceLanes(VectorOperators.ADD);
  }

  private static void fourOverCodes(
      VectorTable table, int from, int to, float[] queries, float[] dots, int at) {
    float[] four = new float[TOGETHER];
    for (int row = from; row < to; row++) {
      fourCodes(table.memory(), table.start(row), queries, four);
      scatter(four, table.scale(row), dots, at + row - from, to - from);
    }
  }

  private static void fourCodes(MemorySegment memory, long start, float[] queries, float[] four) {
    int lanes = Lanes.FLOATS.length();
    int width = queries.length / TOGETHER;
    var a = FloatVector.zero(Lanes.FLOATS);
    var b = FloatVector.zero(Lanes.FLOATS);
    var c = FloatVector.zero(Lanes.FLOATS);
    var d = FloatVector.zero(Lanes.FLOATS);
    for (int i = 0; i < width; i += lanes) {
      var x = codes(memory, start, i);
      a = x.fma(of(queries, i), a);
      b = x.fma(of(queries, i + width), b);
      c = x.fma(of(queries, i + 2 * width), c);
      d = x.fma(of(queries, i + 3 * width), d);
    }
    four[0] = a.reduceLanes(VectorOperators.ADD);
    four[1] = b.reduceLanes(VectorOperators.ADD);
    four[2] = c.reduceLanes(VectorOperators.ADD);
    four[3] = d.reduceLanes(VectorOperators.ADD);
  }

  private static void scatter(float[] four, float scale, float[] dots, int at, int stride) {
    for (int query = 0; query < TOGETHER; query++) {
      dots[at + query * stride] = scale * four[query];
    }
  }

  private static FloatVector of(float[] query, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, query, at);
  }

  private static FloatVector floats(MemorySegment memory, long start, int at) {
    return FloatVector.fromMemorySegment(Lanes.FLOATS, memory, start + 4L * at, LITTLE_ENDIAN);
  }

  private static FloatVector codes(MemorySegment memory, long start, int at) {
    return (FloatVector)
        ByteVector.fromMemorySegment(Lanes.BYTES, memory, start + at, LITTLE_ENDIAN)
            .convertShape(VectorOperators.B2F, Lanes.FLOATS, 0);
  }
}
