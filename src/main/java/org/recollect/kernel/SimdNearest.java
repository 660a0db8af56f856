package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.recollect.kernel.PageFormat.Book;

/// Coding by the points of a book: a lane for each group of channels, and all points in turn.
///
/// Distances have the operands and the order of [CodeBook#nearest], and a point must be nearer than
/// all before it to be chosen: the codes are the same.
final class SimdNearest {

  private static final int V = Lanes.COUNT;

  private SimdNearest() {}

  /// Whether all groups share one book, of points with 1, 2 or 4 numbers.
  static boolean takes(Book format) {
    var book = format.book();
    return book.books() == 1 && Integer.highestOneBit(book.dimensions() & 7) == book.dimensions();
  }

  static void write(Page page, Book format, int at, SimdRows rows) {
    var book = format.book();
    int dimensions = book.dimensions();
    normalise(page, format, rows);
    int groups = rows.count() / dimensions;
    float[] points = book.points();
    for (int group = 0; group < groups; group += V) {
      switch (dimensions) {
        case 1 -> nearestOf1(rows, group, points);
        case 2 -> nearestOf2(rows, group, groups, points);
        default -> nearestOf4(rows, group, groups, points);
      }
    }
    radii(page, format, at, rows);
    rows.pack(page, at, page.panelChannels() / dimensions, rows.width / dimensions);
  }

  /// Numbers by the root mean square of those that share a radius, `[dimensions][groups]`.
  private static void normalise(Page page, Book format, SimdRows rows) {
    int dimensions = format.book().dimensions();
    int shift = Integer.numberOfTrailingZeros(dimensions);
    int groups = rows.count() / dimensions;
    int channels = page.panelChannels();
    for (int vector = 0; vector < rows.tokens * rows.panels; vector++) {
      int start = vector * rows.width;
      for (int c = 0; c < channels; c += format.radiusChannels()) {
        int end = start + Math.min(channels, c + format.radiusChannels());
        float squares = 0;
        for (int i = start + c; i < end; i++) {
          float x = rows.numbers.get(JAVA_FLOAT_UNALIGNED, 4L * i);
          squares += x * x;
        }
        int count = end - start - c;
        float normal = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares / count));
        for (int i = start + c; i < end; i++) {
          float x = rows.numbers.get(JAVA_FLOAT_UNALIGNED, 4L * i) * normal;
          rows.scales[(i & dimensions - 1) * groups + (i >> shift)] = x;
        }
      }
    }
  }

  private static void nearestOf1(SimdRows rows, int group, float[] points) {
    var x = Lanes.floats(rows.scales, group);
    var least = FloatVector.broadcast(Lanes.FLOATS, Float.POSITIVE_INFINITY);
    var best = FloatVector.zero(Lanes.FLOATS);
    for (int code = 0; code < points.length; code++) {
      var off = x.sub(points[code]);
      var distance = off.mul(off);
      var farther = distance.compare(VectorOperators.LT, least).not();
      least = distance.blend(least, farther);
      best = FloatVector.broadcast(Lanes.FLOATS, code).blend(best, farther);
    }
    put(rows, group, best);
  }

  private static void nearestOf2(SimdRows rows, int group, int groups, float[] points) {
    var x = Lanes.floats(rows.scales, group);
    var y = Lanes.floats(rows.scales, groups + group);
    var least = FloatVector.broadcast(Lanes.FLOATS, Float.POSITIVE_INFINITY);
    var best = FloatVector.zero(Lanes.FLOATS);
    for (int code = 0; code < points.length / 2; code++) {
      var offX = x.sub(points[2 * code]);
      var offY = y.sub(points[2 * code + 1]);
      var distance = offX.mul(offX).add(offY.mul(offY));
      var farther = distance.compare(VectorOperators.LT, least).not();
      least = distance.blend(least, farther);
      best = FloatVector.broadcast(Lanes.FLOATS, code).blend(best, farther);
    }
    put(rows, group, best);
  }

  private static void nearestOf4(SimdRows rows, int group, int groups, float[] points) {
    var x = Lanes.floats(rows.scales, group);
    var y = Lanes.floats(rows.scales, groups + group);
    var z = Lanes.floats(rows.scales, 2 * groups + group);
    var w = Lanes.floats(rows.scales, 3 * groups + group);
    var least = FloatVector.broadcast(Lanes.FLOATS, Float.POSITIVE_INFINITY);
    var best = FloatVector.zero(Lanes.FLOATS);
    for (int code = 0; code < points.length / 4; code++) {
      var offX = x.sub(points[4 * code]);
      var offY = y.sub(points[4 * code + 1]);
      var offZ = z.sub(points[4 * code + 2]);
      var offW = w.sub(points[4 * code + 3]);
      var distance = offX.mul(offX).add(offY.mul(offY)).add(offZ.mul(offZ)).add(offW.mul(offW));
      var farther = distance.compare(VectorOperators.LT, least).not();
      least = distance.blend(least, farther);
      best = FloatVector.broadcast(Lanes.FLOATS, code).blend(best, farther);
    }
    put(rows, group, best);
  }

  private static void put(SimdRows rows, int group, FloatVector codes) {
    codes
        .convert(VectorOperators.F2I, 0)
        .convertShape(VectorOperators.I2B, Lanes.BYTES, 0)
        .intoMemorySegment(rows.codes, group, LITTLE_ENDIAN);
  }

  /// The radii that fit the chosen points best.
  private static void radii(Page page, Book format, int at, SimdRows rows) {
    int dimensions = format.book().dimensions();
    int shift = Integer.numberOfTrailingZeros(dimensions);
    float[] points = format.book().points();
    int channels = page.panelChannels();
    for (int token = 0; token < rows.tokens; token++) {
      for (int panel = 0; panel < rows.panels; panel++) {
        int start = rows.start(token, panel);
        for (int c = 0; c < channels; c += format.radiusChannels()) {
          int end = start + Math.min(channels, c + format.radiusChannels());
          double along = 0;
          double length = 0;
          for (int i = start + c; i < end; i++) {
            int code = Byte.toUnsignedInt(rows.codes.get(JAVA_BYTE, i >> shift));
            double point = points[(code << shift) + (i & dimensions - 1)];
            along += point * rows.numbers.get(JAVA_FLOAT_UNALIGNED, 4L * i);
            length += point * point;
          }
          double radius = length == 0 ? 0 : Math.max(0, along / length);
          var layout = page.layout();
          long cell = page.isKeys() ? layout.cell(c, at + token) : layout.cell(at + token, c);
          page.memory()
              .set(
                  JAVA_SHORT_UNALIGNED,
                  page.start(panel) + layout.scales + cell,
                  Page.finiteHalf((float) radius));
        }
      }
    }
  }
}
