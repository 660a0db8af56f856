package org.recollect.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.recollect.kernel.PageFormat.Book;

/// Coding by the points of a book: a lane for each group of channels, and all points in turn.
///
/// Two vectors of lanes at a time where points are small, as each comparison waits for the one
/// before. Distances have the operands and the order of [CodeBook#nearest], and a point must be
/// nearer than all before it to be chosen: the codes are the same.
final class SimdNearest {

  private static final int V = Lanes.COUNT;
  private static final VectorSpecies<Long> LONGS =
      VectorSpecies.of(long.class, Lanes.FLOATS.vectorShape());

  private SimdNearest() {}

  /// Whether all groups share one book, of points with 1, 2 or 4 numbers.
  static boolean takes(Book format) {
    var book = format.book();
    return book.books() == 1 && Integer.highestOneBit(book.dimensions() & 7) == book.dimensions();
  }

  static void write(Page page, Book format, int at, SimdRows rows) {
    var book = format.book();
    int dimensions = book.dimensions();
    int groups = rows.count() / dimensions;
    SimdRadii.normalise(page, format, rows);
    var x = turned(dimensions, rows);
    switch (dimensions) {
      case 1 -> nearestOf1(x, groups, book.points());
      case 2 -> nearestOf2(x, groups, book.points());
      default -> nearestOf4(x, groups, book.points());
    }
    toCodes(x, groups, rows.codes);
    SimdRadii.fit(page, format, at, rows);
    rows.pack(page, at, page.panelChannels() / dimensions, rows.width / dimensions);
  }

  /// The normalised numbers with all first dimensions of the groups before all others: of four
  /// dimensions they come in the order 0, 2, 1, 3.
  private static MemorySegment turned(int dimensions, SimdRows rows) {
    int count = rows.count();
    if (dimensions == 1) {
      return rows.normal;
    }
    part(rows.normal, 0, count, rows.turned);
    if (dimensions == 2) {
      return rows.turned;
    }
    part(rows.turned, 0, count / 2, rows.normal);
    part(rows.turned, count / 2, count / 2, rows.normal);
    return rows.normal;
  }

  /// Puts numbers with even places before those with odd ones: pairs are read as long integers, and
  /// their halves written.
  private static void part(MemorySegment from, int start, int count, MemorySegment to) {
    for (int i = 0; i < count; i += V) {
      LongVector.fromMemorySegment(LONGS, from, 4L * (start + i), LITTLE_ENDIAN)
          .convert(VectorOperators.L2I, 0)
          .intoMemorySegment(to, 4L * (start + i / 2), LITTLE_ENDIAN);
    }
    for (int i = 0; i < count; i += V) {
      LongVector.fromMemorySegment(LONGS, from, 4L * (start + i), LITTLE_ENDIAN)
          .lanewise(VectorOperators.LSHR, 32)
          .convert(VectorOperators.L2I, 0)
          .intoMemorySegment(to, 4L * (start + (count + i) / 2), LITTLE_ENDIAN);
    }
  }

  /// Puts the nearest points in the place of the first dimension.
  private static void nearestOf1(MemorySegment x, int groups, float[] points) {
    for (int group = 0; group < groups; group += 2 * V) {
      var x1 = Lanes.floats(x, 4L * group);
      var x2 = Lanes.floats(x, 4L * (group + V));
      var least1 = FloatVector.broadcast(Lanes.FLOATS, Float.POSITIVE_INFINITY);
      var best1 = FloatVector.zero(Lanes.FLOATS);
      var least2 = FloatVector.broadcast(Lanes.FLOATS, Float.POSITIVE_INFINITY);
      var best2 = FloatVector.zero(Lanes.FLOATS);
      for (int i = 0; i < points.length; i++) {
        var code = FloatVector.broadcast(Lanes.FLOATS, i);
        var offX1 = x1.sub(points[i]);
        var distance1 = offX1.mul(offX1);
        var farther1 = distance1.compare(VectorOperators.LT, least1).not();
        least1 = distance1.blend(least1, farther1);
        best1 = code.blend(best1, farther1);
        var offX2 = x2.sub(points[i]);
        var distance2 = offX2.mul(offX2);
        var farther2 = distance2.compare(VectorOperators.LT, least2).not();
        least2 = distance2.blend(least2, farther2);
        best2 = code.blend(best2, farther2);
      }
      best1.intoMemorySegment(x, 4L * group, LITTLE_ENDIAN);
      best2.intoMemorySegment(x, 4L * (group + V), LITTLE_ENDIAN);
    }
  }

  private static void nearestOf2(MemorySegment x, int groups, float[] points) {
    for (int group = 0; group < groups; group += 2 * V) {
      var x1 = Lanes.floats(x, 4L * group);
      var y1 = Lanes.floats(x, 4L * (groups + group));
      var x2 = Lanes.floats(x, 4L * (group + V));
      var y2 = Lanes.floats(x, 4L * (groups + group + V));
      var least1 = FloatVector.broadcast(Lanes.FLOATS, Float.POSITIVE_INFINITY);
      var best1 = FloatVector.zero(Lanes.FLOATS);
      var least2 = FloatVector.broadcast(Lanes.FLOATS, Float.POSITIVE_INFINITY);
      var best2 = FloatVector.zero(Lanes.FLOATS);
      for (int i = 0; i < points.length; i += 2) {
        var code = FloatVector.broadcast(Lanes.FLOATS, i / 2);
        var offX1 = x1.sub(points[i]);
        var offY1 = y1.sub(points[i + 1]);
        var distance1 = offX1.mul(offX1).add(offY1.mul(offY1));
        var farther1 = distance1.compare(VectorOperators.LT, least1).not();
        least1 = distance1.blend(least1, farther1);
        best1 = code.blend(best1, farther1);
        var offX2 = x2.sub(points[i]);
        var offY2 = y2.sub(points[i + 1]);
        var distance2 = offX2.mul(offX2).add(offY2.mul(offY2));
        var farther2 = distance2.compare(VectorOperators.LT, least2).not();
        least2 = distance2.blend(least2, farther2);
        best2 = code.blend(best2, farther2);
      }
      best1.intoMemorySegment(x, 4L * group, LITTLE_ENDIAN);
      best2.intoMemorySegment(x, 4L * (group + V), LITTLE_ENDIAN);
    }
  }

  private static void nearestOf4(MemorySegment numbers, int groups, float[] points) {
    for (int group = 0; group < groups; group += V) {
      var x = Lanes.floats(numbers, 4L * group);
      var y = Lanes.floats(numbers, 4L * (2 * groups + group));
      var z = Lanes.floats(numbers, 4L * (groups + group));
      var w = Lanes.floats(numbers, 4L * (3 * groups + group));
      var least = FloatVector.broadcast(Lanes.FLOATS, Float.POSITIVE_INFINITY);
      var best = FloatVector.zero(Lanes.FLOATS);
      for (int i = 0; i < points.length; i += 4) {
        var code = FloatVector.broadcast(Lanes.FLOATS, i / 4);
        var offX = x.sub(points[i]);
        var offY = y.sub(points[i + 1]);
        var offZ = z.sub(points[i + 2]);
        var offW = w.sub(points[i + 3]);
        var distance = offX.mul(offX).add(offY.mul(offY)).add(offZ.mul(offZ)).add(offW.mul(offW));
        var farther = distance.compare(VectorOperators.LT, least).not();
        least = distance.blend(least, farther);
        best = code.blend(best, farther);
      }
      best.intoMemorySegment(numbers, 4L * group, LITTLE_ENDIAN);
    }
  }

  private static void toCodes(MemorySegment numbers, int groups, MemorySegment codes) {
    for (int group = 0; group < groups; group += V) {
      Lanes.floats(numbers, 4L * group)
          .convert(VectorOperators.F2I, 0)
          .convertShape(VectorOperators.I2B, Lanes.BYTES, 0)
          .intoMemorySegment(codes, group, LITTLE_ENDIAN);
    }
  }
}
