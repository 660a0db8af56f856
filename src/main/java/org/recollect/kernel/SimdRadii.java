package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import org.recollect.kernel.PageFormat.Book;

/// The radii of points: by what channels are divided before the points are sought, and by what the
/// points are multiplied in the end.
///
/// Each sum runs in the order of the channels, as in the reference, and so is a chain in which
/// every addition waits for the one before: four cells go along together.
final class SimdRadii {

  private static final int V = Lanes.COUNT;

  private SimdRadii() {}

  /// Divides numbers by the root mean square of those that share a radius.
  static void normalise(Page page, Book format, SimdRows rows) {
    int channels = page.panelChannels();
    int radiusChannels = Math.min(channels, format.radiusChannels());
    int across = Math.ceilDiv(channels, radiusChannels);
    int cells = rows.tokens * rows.panels * across;
    for (int cell = 0; cell < cells; ) {
      if (channels % radiusChannels == 0 && cell + 4 <= cells) {
        squaresOfFour(rows, across, radiusChannels, cell);
        cell += 4;
      } else {
        int from = start(rows, across, radiusChannels, cell);
        int count = Math.min(radiusChannels, channels - from % rows.width);
        rows.offsets[cell++] = normal(squares(rows.numbers, from, count), count);
      }
    }
    for (int cell = 0; cell < cells; cell++) {
      // What spills over the end is overwritten by the next, or is padding.
      var normals = FloatVector.broadcast(Lanes.FLOATS, rows.offsets[cell]);
      int from = start(rows, across, radiusChannels, cell);
      for (int i = from; i < from + radiusChannels; i += V) {
        normals.intoArray(rows.scales, i);
      }
    }
    for (int i = 0; i < rows.count(); i += V) {
      Lanes.floats(rows.numbers, 4L * i)
          .mul(Lanes.floats(rows.scales, i))
          .intoMemorySegment(rows.normal, 4L * i, LITTLE_ENDIAN);
    }
  }

  /// Where a cell begins, counted over panels and tokens.
  private static int start(SimdRows rows, int across, int radiusChannels, int cell) {
    int panel = cell / across;
    return panel * rows.width + (cell - panel * across) * radiusChannels;
  }

  private static float normal(float squares, int count) {
    return squares == 0 ? 0 : (float) (1 / Math.sqrt(squares / count));
  }

  private static float squares(MemorySegment numbers, int from, int count) {
    float squares = 0;
    for (int i = from; i < from + count; i++) {
      float x = numbers.get(JAVA_FLOAT_UNALIGNED, 4L * i);
      squares += x * x;
    }
    return squares;
  }

  private static void squaresOfFour(SimdRows rows, int across, int count, int cell) {
    var numbers = rows.numbers;
    long first = 4L * start(rows, across, count, cell);
    long second = 4L * start(rows, across, count, cell + 1);
    long third = 4L * start(rows, across, count, cell + 2);
    long fourth = 4L * start(rows, across, count, cell + 3);
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    for (int i = 0; i < count; i++) {
      float x = numbers.get(JAVA_FLOAT_UNALIGNED, first + 4L * i);
      float y = numbers.get(JAVA_FLOAT_UNALIGNED, second + 4L * i);
      float z = numbers.get(JAVA_FLOAT_UNALIGNED, third + 4L * i);
      float w = numbers.get(JAVA_FLOAT_UNALIGNED, fourth + 4L * i);
      a += x * x;
      b += y * y;
      c += z * z;
      d += w * w;
    }
    rows.offsets[cell] = normal(a, count);
    rows.offsets[cell + 1] = normal(b, count);
    rows.offsets[cell + 2] = normal(c, count);
    rows.offsets[cell + 3] = normal(d, count);
  }

  /// Stores the radii of the chosen points. Three sums a cell run along together here.
  static void fit(Page page, Book format, int at, SimdRows rows) {
    int channels = page.panelChannels();
    long apart = (long) page.layout().cellBytes * (page.isKeys() ? page.layout().across : 1);
    for (int token = 0; token < rows.tokens; token++) {
      for (int panel = 0; panel < rows.panels; panel++) {
        int start = rows.start(token, panel);
        long place = page.start(panel) + page.layout().firstCell(page.isKeys(), at + token);
        for (int c = 0; c < channels; c += format.radiusChannels(), place += apart) {
          int count = Math.min(channels - c, format.radiusChannels());
          page.putScale(place, radius(format, rows, start + c, count));
        }
      }
    }
  }

  private static float radius(Book format, SimdRows rows, int from, int count) {
    var book = format.book();
    int dimension = book.dimensions() - 1;
    int shift = Integer.numberOfTrailingZeros(book.dimensions());
    float[] points = book.points();
    double along = 0;
    double energy = 0;
    double length = 0;
    for (int i = from; i < from + count; i++) {
      int code = Byte.toUnsignedInt(rows.codes.get(JAVA_BYTE, i >> shift));
      double point = points[(code << shift) + (i & dimension)];
      double x = rows.numbers.get(JAVA_FLOAT_UNALIGNED, 4L * i);
      along += point * x;
      energy += x * x;
      length += point * point;
    }
    return ReferenceEncoding.radius(format, along, energy, length);
  }
}
