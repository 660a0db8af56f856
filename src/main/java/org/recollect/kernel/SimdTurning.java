package org.recollect.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;

/// Keys that are stored before RoPE, made ready for the queries: taken out of their basis and
/// turned to their positions, all tokens of a page at once. With tokens in lanes both are sums of
/// whole rows.
final class SimdTurning {

  private static final int V = Lanes.COUNT;

  private SimdTurning() {}

  /// Fills the scratch's tile with the keys of one panel `[channels][lanes]`.
  static void read(
      KeyValuePage page, int panel, KeyForm.BeforeRope form, int headDim, SimdScratch scratch) {
    var layout = page.keys().layout();
    SimdPanel.read(page.keys(), panel, 0, layout.rows, scratch);
    if (form.basis().order() != null) {
      reorder(form.basis().order(), layout.rows, layout.lanes, scratch);
    }
    var tile = scratch.tile;
    rotate(tile, form.basis().width(), layout.rows, layout.lanes);
    if (form.basis().signs() != null) {
      flip(tile, form.basis().signs(), layout.rows, layout.lanes);
    }
    int half = headDim / 2;
    scratch.reserveAngles(half * layout.lanes);
    form.rotary().angles(page.positions(), page.tokens(), layout.lanes, scratch.cos, scratch.sin);
    for (int head = 0; head < layout.rows; head += headDim) {
      turn(tile, head * layout.lanes, half * layout.lanes, scratch.cos, scratch.sin);
    }
  }

  /// Puts channel `order[i]`, which is stored as row `i` of a block, in its own row.
  private static void reorder(int[] order, int rows, int lanes, SimdScratch scratch) {
    var stored = scratch.exchangeTile(rows * lanes);
    for (int i = 0; i < rows; i++) {
      int inBlock = i % order.length;
      long to = 4L * (i - inBlock + order[inBlock]) * lanes;
      MemorySegment.copy(stored, 4L * i * lanes, scratch.tile, to, 4L * lanes);
    }
  }

  private static void flip(MemorySegment tile, float[] signs, int rows, int lanes) {
    for (int row = 0; row < rows; row++) {
      if (signs[row % signs.length] < 0) {
        scale(tile, row * lanes, lanes, -1);
      }
    }
  }

  /// The orthonormal Walsh-Hadamard transform over each block of `width` rows.
  private static void rotate(MemorySegment tile, int width, int rows, int lanes) {
    for (int half = 1; half < width; half *= 2) {
      for (int row = 0; row < rows; row += 2 * half) {
        butterflies(tile, row * lanes, half * lanes);
      }
    }
    if (width > 1) {
      scale(tile, 0, rows * lanes, (float) (1 / Math.sqrt(width)));
    }
  }

  private static void butterflies(MemorySegment tile, int from, int count) {
    long apart = 4L * count;
    for (int i = from; i < from + count; i += V) {
      var a = Lanes.floats(tile, 4L * i);
      var b = Lanes.floats(tile, 4L * i + apart);
      a.add(b).intoMemorySegment(tile, 4L * i, LITTLE_ENDIAN);
      a.sub(b).intoMemorySegment(tile, 4L * i + apart, LITTLE_ENDIAN);
    }
  }

  private static void scale(MemorySegment tile, int from, int count, float scale) {
    for (int i = from; i < from + count; i += V) {
      Lanes.floats(tile, 4L * i).mul(scale).intoMemorySegment(tile, 4L * i, LITTLE_ENDIAN);
    }
  }

  private static void turn(MemorySegment tile, int from, int count, float[] cos, float[] sin) {
    long apart = 4L * count;
    for (int i = 0; i < count; i += V) {
      long at = 4L * (from + i);
      var a = Lanes.floats(tile, at);
      var b = Lanes.floats(tile, at + apart);
      var c = Lanes.floats(cos, i);
      var s = Lanes.floats(sin, i);
      a.mul(c).sub(b.mul(s)).intoMemorySegment(tile, at, LITTLE_ENDIAN);
      b.mul(c).add(a.mul(s)).intoMemorySegment(tile, at + apart, LITTLE_ENDIAN);
    }
  }
}
