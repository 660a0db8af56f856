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

  /// The bits of 1/2 and of 2^-14 as floats, and of 65504 in half precision.
  private static final int ONE_HALF = 0x3f000000;

  private static final int LEAST_NORMAL_HALF = 0x38800000;
  private static final int LARGEST_HALF = 0x7bff;

  private SimdFloats() {}

  static void write(Page page, Floats floats, int at, SimdRows rows) {
    switch (floats.precision()) {
      case F32 -> {}
      case F16 -> toHalves(rows);
      case BF16 -> toBrains(rows);
    }
    boolean wide = floats.precision() == Precision.F32;
    var from = wide ? rows.numbers : rows.codes;
    int bytes = floats.precision().bytes();
    int lanes = page.layout().lanes;
    var memory = page.memory();
    int channels = page.panelChannels();
    for (int token = 0; token < rows.tokens; token++) {
      for (int panel = 0; panel < rows.panels; panel++) {
        long number = (long) bytes * rows.start(token, panel);
        long row = page.isKeys() ? 0 : at + token;
        long lane = page.isKeys() ? at + token : 0;
        long to = page.start(panel) + bytes * (row * lanes + lane);
        if (!page.isKeys()) {
          MemorySegment.copy(from, number, memory, to, (long) bytes * channels);
        } else if (lanes != Page.TOKENS) {
          spread(from, number, bytes, memory, to, lanes, channels);
        } else if (wide) {
          spreadFloats(from, number, memory, to, channels);
        } else {
          spreadShorts(from, number, memory, to, channels);
        }
      }
    }
  }

  private static void spread(
      MemorySegment from, long number, int bytes, MemorySegment to, long at, int lanes, int count) {
    for (int i = 0; i < count; i++, number += bytes, at += (long) bytes * lanes) {
      to.set(JAVA_SHORT_UNALIGNED, at, from.get(JAVA_SHORT_UNALIGNED, number));
      if (bytes == 4) {
        to.set(JAVA_SHORT_UNALIGNED, at + 2, from.get(JAVA_SHORT_UNALIGNED, number + 2));
      }
    }
  }

  /// Over an ordinary page: as its stride is a constant, bounds are checked once and not each time.
  private static void spreadFloats(
      MemorySegment from, long number, MemorySegment to, long at, int count) {
    for (int i = 0; i < count; i++) {
      float x = from.get(JAVA_FLOAT_UNALIGNED, number + 4L * i);
      to.set(JAVA_FLOAT_UNALIGNED, at + 4L * Page.TOKENS * i, x);
    }
  }

  private static void spreadShorts(
      MemorySegment from, long number, MemorySegment to, long at, int count) {
    for (int i = 0; i < count; i++) {
      short x = from.get(JAVA_SHORT_UNALIGNED, number + 2L * i);
      to.set(JAVA_SHORT_UNALIGNED, at + 2L * Page.TOKENS * i, x);
    }
  }

  /// To the nearest, ties to even, and what would be infinite stays finite. Where half precision is
  /// subnormal, adding 1/2 leaves its bits at the end of a float's; elsewhere, the exponent counts
  /// from another zero and 13 bits go.
  private static void toHalves(SimdRows rows) {
    for (int i = 0; i < rows.count(); i += V) {
      Lanes.floats(rows.numbers, 4L * i)
          .abs()
          .add(0.5f)
          .intoMemorySegment(rows.codes, 4L * i, LITTLE_ENDIAN);
    }
    for (int i = 0; i < rows.count(); i += V) {
      var bits = IntVector.fromMemorySegment(Lanes.INTS, rows.numbers, 4L * i, LITTLE_ENDIAN);
      var size = bits.and(0x7fffffff);
      var odd = size.lanewise(VectorOperators.LSHR, 13).and(1);
      var small =
          IntVector.fromMemorySegment(Lanes.INTS, rows.codes, 4L * i, LITTLE_ENDIAN).sub(ONE_HALF);
      size.add(0xfff - (112 << 23))
          .add(odd)
          .lanewise(VectorOperators.ASHR, 13)
          .min(LARGEST_HALF)
          .blend(small, size.compare(VectorOperators.LT, LEAST_NORMAL_HALF))
          .or(bits.lanewise(VectorOperators.LSHR, 16).and(0x8000))
          .convertShape(VectorOperators.I2S, Lanes.SHORTS, 0)
          .intoMemorySegment(rows.codes, 2L * i, LITTLE_ENDIAN);
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
