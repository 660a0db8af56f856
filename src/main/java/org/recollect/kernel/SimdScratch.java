package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What a thread works in while it attends, kept from one page to the next. Mutable, grows.
///
/// The tile is native, because an array may begin anywhere: vectors of 64 bytes that lie across two
/// cache lines are read at half the speed.
final class SimdScratch {

  private static final ThreadLocal<SimdScratch> OF_THREAD =
      ThreadLocal.withInitial(SimdScratch::new);

  /// Rows rebuilt as floats.
  MemorySegment tile = MemorySegment.NULL;

  private MemorySegment other = MemorySegment.NULL;

  /// Codes, and half-precision numbers, as they are stored.
  short[] shorts = new short[0];

  short[] halves = new short[0];

  /// A code for each lane.
  int[] codes = new int[0];

  /// Logits of a page, then its weights `[queries][lanes]`.
  float[] weights = new float[0];

  /// Coefficients that are not at hand as they are.
  float[] coefficients = new float[0];

  /// A number for each lane, or each row, of a panel.
  float[] scales = new float[0];

  float[] offsets = new float[0];

  /// Angles of a page's tokens `[headDim/2][lanes]`.
  float[] cos = new float[0];

  float[] sin = new float[0];

  /// Tables for the weights of a page.
  final SimdTables valueTables = new SimdTables();

  private SimdScratch() {}

  static SimdScratch ofThread() {
    return OF_THREAD.get();
  }

  MemorySegment tile(int count) {
    return tile = grown(tile, count);
  }

  /// Puts other memory in the tile's place.
  ///
  /// @return what was the tile
  MemorySegment exchangeTile(int count) {
    var old = tile;
    tile = grown(other, count);
    other = old;
    return old;
  }

  /// Copies codes from a page, two bytes to a number.
  short[] shorts(MemorySegment memory, long at, int count) {
    if (shorts.length < count) {
      shorts = new short[count];
    }
    MemorySegment.copy(memory, JAVA_SHORT_UNALIGNED, at, shorts, 0, count);
    return shorts;
  }

  /// Copies 16-bit numbers from a page, and leaves room for a vector behind them.
  short[] halves(MemorySegment memory, long at, int count) {
    if (halves.length < count + PanelLayout.LANE_MULTIPLE) {
      halves = new short[count + PanelLayout.LANE_MULTIPLE];
    }
    MemorySegment.copy(memory, JAVA_SHORT_UNALIGNED, at, halves, 0, count);
    return halves;
  }

  int[] codes(int count) {
    return codes = codes.length < count ? new int[count] : codes;
  }

  float[] weights(int count) {
    return weights = grown(weights, count);
  }

  float[] coefficients(int count) {
    return coefficients = grown(coefficients, count);
  }

  void reserveCells(int count) {
    scales = grown(scales, count);
    offsets = grown(offsets, count);
  }

  void reserveAngles(int count) {
    cos = grown(cos, count);
    sin = grown(sin, count);
  }

  private static float[] grown(float[] x, int count) {
    return x.length < count ? new float[count] : x;
  }

  private static MemorySegment grown(MemorySegment memory, int count) {
    return memory.byteSize() < 4L * count ? Arena.ofAuto().allocate(4L * count, 64) : memory;
  }
}
