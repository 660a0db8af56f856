package org.recollect.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What a thread works in while it attends, kept from one page to the next. Mutable, grows.
///
/// The tile is native, as pages are: a loop that meets heap memory where it knew native memory is
/// five times slower.
final class SimdScratch {

  private static final ThreadLocal<SimdScratch> OF_THREAD =
      ThreadLocal.withInitial(SimdScratch::new);

  /// Rows rebuilt as floats.
  MemorySegment tile = MemorySegment.NULL;

  /// Logits of a page, then its weights `[queries][lanes]`.
  float[] weights = new float[0];

  /// Coefficients that are not at hand as they are.
  float[] coefficients = new float[0];

  /// One number for each lane of a panel, such as its scale.
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

  MemorySegment tile(int floats) {
    if (tile.byteSize() < 4L * floats) {
      tile = Arena.ofAuto().allocate(4L * floats, 64);
    }
    return tile;
  }

  float[] weights(int count) {
    return weights = grown(weights, count);
  }

  float[] coefficients(int count) {
    return coefficients = grown(coefficients, count);
  }

  void reserveLanes(int lanes) {
    scales = grown(scales, lanes);
    offsets = grown(offsets, lanes);
  }

  void reserveAngles(int count) {
    cos = grown(cos, count);
    sin = grown(sin, count);
  }

  private static float[] grown(float[] x, int count) {
    return x.length < count ? new float[count] : x;
  }
}
