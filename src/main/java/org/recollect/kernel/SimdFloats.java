package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Precision;

/// Floating-point numbers rounded and laid in their rows.
final class SimdFloats {

  private static final int V = Lanes.COUNT;

  private SimdFloats() {}

  static void write(Page page, Floats floats, int at, SimdRows rows) {
    switch (floats.precision()) {
      case F32 -> {}
      case F16 -> toHalves(rows);
      case BF16 -> toBrains(rows);
    }
    boolean halves = floats.precision() != Precision.F32;
    var from = halves ? rows.codes : rows.numbers;
    int bytes = floats.precision().bytes();
    int channels = page.panelChannels();
    int lanes = page.layout().lanes;
    for (int token = 0; token < rows.tokens; token++) {
      for (int panel = 0; panel < rows.panels; panel++) {
        long number = (long) bytes * rows.start(token, panel);
        long start = page.start(panel);
        if (!page.isKeys()) {
          long row = start + (long) bytes * (at + token) * lanes;
          MemorySegment.copy(from, number, page.memory(), row, (long) bytes * channels);
        } else if (halves) {
          shortColumn(from, number, page.memory(), start + 2L * (at + token), 2 * lanes, channels);
        } else {
          floatColumn(from, number, page.memory(), start + 4L * (at + token), 4 * lanes, channels);
        }
      }
    }
  }

  private static void shortColumn(
      MemorySegment from, long number, MemorySegment to, long at, int stride, int count) {
    for (int i = 0; i < count; i++) {
      short x = from.get(JAVA_SHORT_UNALIGNED, number + 2L * i);
      to.set(JAVA_SHORT_UNALIGNED, at + (long) i * stride, x);
    }
  }

  private static void floatColumn(
      MemorySegment from, long number, MemorySegment to, long at, int stride, int count) {
    for (int i = 0; i < count; i++) {
      float x = from.get(JAVA_FLOAT_UNALIGNED, number + 4L * i);
      to.set(JAVA_FLOAT_UNALIGNED, at + (long) i * stride, x);
    }
  }

  private static void toHalves(SimdRows rows) {
    for (int i = 0; i < rows.count(); i++) {
      float x = rows.numbers.get(JAVA_FLOAT_UNALIGNED, 4L * i);
      rows.codes.set(JAVA_SHORT_UNALIGNED, 2L * i, Page.finiteHalf(x));
    }
  }

  /// See [Page#putNumber]: to the nearest, ties to even, and what would be infinite stays finite.
  private static void toBrains(SimdRows rows) {
    for (int i = 0; i < rows.count(); i += V) {
      var bits = IntVector.fromMemorySegment(Lanes.INTS, rows.numbers, 4L * i, LITTLE_ENDIAN);
      var odd = bits.lanewise(VectorOperators.LSHR, 16).and(1);
      var rounded = bits.add(0x7fff).add(odd).lanewise(VectorOperators.LSHR, 16);
      var infinite = rounded.and(0x7fff).compare(VectorOperators.EQ, 0x7f80);
      rounded
          .sub(1, infinite)
          .convertShape(VectorOperators.I2S, Lanes.SHORTS, 0)
          .intoMemorySegment(rows.codes, 2L * i, LITTLE_ENDIAN);
    }
  }
}
