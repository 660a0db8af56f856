package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.recollect.kernel.PageFormat.Grid;

/// Coding on a uniform grid: the range of each cell, the grid that spans it, then the codes.
///
/// Ranges are sought among integers, which have a minimum in one instruction and zeros with signs
/// in the right order: the bits of a float, all but the sign flipped where it is negative.
final class SimdGrid {

  private static final int V = Lanes.COUNT;
  private static final int ALL_BUT_SIGN = 0x7fffffff;

  private SimdGrid() {}

  /// Codes what the rows hold, one group of tokens or several groups of one token each.
  static void write(Page page, Grid grid, int at, SimdRows rows) {
    if (grid.groupTokens() > 1 && grid.groupChannels() == 1) {
      measureColumns(rows);
    } else {
      measureCells(page, grid, rows);
    }
    span(page, grid, at, rows);
    int each = grid.groupTokens() == 1 ? rows.count() : rows.panels * rows.width;
    for (int from = 0; from < rows.count(); from += each) {
      code(rows, from, each, grid.largestCode());
    }
    rows.pack(page, at, page.panelChannels(), rows.width);
  }

  /// Cells of one channel: a vector of them at a time, down the tokens.
  private static void measureColumns(SimdRows rows) {
    int stride = rows.panels * rows.width;
    for (int c = 0; c < stride; c += V) {
      measureColumn(rows.numbers, 4L * c, 4L * stride, rows.tokens, rows.least, rows.most, c);
    }
  }

  private static void measureColumn(
      MemorySegment numbers, long at, long stride, int tokens, int[] least, int[] most, int to) {
    var min = IntVector.broadcast(Lanes.INTS, Integer.MAX_VALUE);
    var max = IntVector.broadcast(Lanes.INTS, Integer.MIN_VALUE);
    for (int t = 0; t < tokens; t++, at += stride) {
      var bits = IntVector.fromMemorySegment(Lanes.INTS, numbers, at, LITTLE_ENDIAN);
      var x =
          bits.lanewise(VectorOperators.ASHR, 31)
              .and(ALL_BUT_SIGN)
              .lanewise(VectorOperators.XOR, bits);
      min = x.min(min);
      max = x.max(max);
    }
    min.intoArray(least, to);
    max.intoArray(most, to);
  }

  /// Cells of any shape, in the order of groups, panels and channels.
  private static void measureCells(Page page, Grid grid, SimdRows rows) {
    int channels = page.panelChannels();
    int cell = 0;
    for (int token = 0; token < rows.tokens; token += grid.groupTokens()) {
      for (int panel = 0; panel < rows.panels; panel++) {
        for (int c = 0; c < channels; c += grid.groupChannels()) {
          int count = Math.min(channels - c, grid.groupChannels());
          measureCell(rows, cell++, rows.start(token, panel) + c, grid.groupTokens(), count);
        }
      }
    }
  }

  private static void measureCell(SimdRows rows, int cell, int from, int tokens, int channels) {
    var numbers = rows.numbers;
    var min = IntVector.broadcast(Lanes.INTS, Integer.MAX_VALUE);
    var max = IntVector.broadcast(Lanes.INTS, Integer.MIN_VALUE);
    int least = Integer.MAX_VALUE;
    int most = Integer.MIN_VALUE;
    int whole = channels / V * V;
    for (int t = 0; t < tokens; t++, from += rows.panels * rows.width) {
      for (int i = from; i < from + whole; i += V) {
        var bits = IntVector.fromMemorySegment(Lanes.INTS, numbers, 4L * i, LITTLE_ENDIAN);
        var x =
            bits.lanewise(VectorOperators.ASHR, 31)
                .and(ALL_BUT_SIGN)
                .lanewise(VectorOperators.XOR, bits);
        min = x.min(min);
        max = x.max(max);
      }
      for (int i = from + whole; i < from + channels; i++) {
        int x = ordered(numbers.get(JAVA_INT_UNALIGNED, 4L * i));
        least = Math.min(least, x);
        most = Math.max(most, x);
      }
    }
    if (whole > 0) {
      least = Math.min(least, min.reduceLanes(VectorOperators.MIN));
      most = Math.max(most, max.reduceLanes(VectorOperators.MAX));
    }
    rows.least[cell] = least;
    rows.most[cell] = most;
  }

  /// The bits of a float as an integer in the order of the floats; its own inverse.
  private static int ordered(int bits) {
    return bits >> 31 & ALL_BUT_SIGN ^ bits;
  }

  /// Stores the grid of each cell, and spreads it over the cell's numbers: all of a token's, or
  /// those of the first of its tokens.
  private static void span(Page page, Grid grid, int at, SimdRows rows) {
    int channels = page.panelChannels();
    boolean columns = grid.groupTokens() > 1 && grid.groupChannels() == 1;
    long apart = page.isKeys() ? 2L * page.layout().across : 2;
    int cell = 0;
    for (int token = 0; token < rows.tokens; token += grid.groupTokens()) {
      for (int panel = 0; panel < rows.panels; panel++) {
        int from = rows.start(token, panel);
        long place = page.start(panel) + page.layout().firstCell(page.isKeys(), at + token);
        for (int c = 0; c < channels; c += grid.groupChannels(), place += apart) {
          int range = columns ? from + c : cell++;
          float min = Float.intBitsToFloat(ordered(rows.least[range]));
          float max = Float.intBitsToFloat(ordered(rows.most[range]));
          spanCell(page, grid, place, min, max, rows, from + c, grid.groupChannels());
        }
      }
    }
  }

  private static void spanCell(
      Page page,
      Grid grid,
      long place,
      float min,
      float max,
      SimdRows rows,
      int from,
      int channels) {
    int largest = grid.largestCode();
    float scale;
    float offset;
    if (grid.symmetric()) {
      float reach = Math.max(Math.abs(min), Math.abs(max));
      scale = putHalf(page.memory(), place, 2 * grid.clip() * reach / largest);
      offset = -scale * (largest / 2);
    } else {
      double middle = 0.5 * ((double) min + max);
      double reach = 0.5 * grid.clip() * ((double) max - min);
      long apart = page.layout().offsets - page.layout().scales;
      scale = putHalf(page.memory(), place, 2 * reach / largest);
      offset = putHalf(page.memory(), place + apart, middle - reach);
    }
    if (channels == 1) {
      rows.scales[from] = scale;
      rows.offsets[from] = offset;
      return;
    }
    // What spills over the end is overwritten by the next cell, or is padding.
    var scaleOfAll = FloatVector.broadcast(Lanes.FLOATS, scale);
    var offsetOfAll = FloatVector.broadcast(Lanes.FLOATS, offset);
    int end = Math.min(from + channels, rows.count());
    for (int i = from; i < end; i += V) {
      scaleOfAll.intoArray(rows.scales, i);
      offsetOfAll.intoArray(rows.offsets, i);
    }
  }

  private static float putHalf(MemorySegment memory, long at, double x) {
    short half = Page.finiteHalf((float) x);
    memory.set(JAVA_SHORT_UNALIGNED, at, half);
    return Float.float16ToFloat(half);
  }

  /// Codes of `count` numbers. To clamp integers, and not the quotient before it is rounded, gives
  /// the same codes and is faster.
  private static void code(SimdRows rows, int from, int count, int largest) {
    var numbers = rows.numbers;
    var codes = rows.codes;
    float[] scales = rows.scales;
    float[] offsets = rows.offsets;
    float middle = largest / 2;
    for (int i = 0; i < count; i += V) {
      var scale = Lanes.floats(scales, i);
      var steps =
          Lanes.floats(numbers, 4L * (from + i))
              .sub(Lanes.floats(offsets, i))
              .div(scale)
              .blend(middle, scale.compare(VectorOperators.EQ, 0))
              .add(0.5f);
      ((IntVector) steps.convert(VectorOperators.F2I, 0))
          .max(0)
          .min(largest)
          .convertShape(VectorOperators.I2B, Lanes.BYTES, 0)
          .intoMemorySegment(codes, from + i, LITTLE_ENDIAN);
    }
  }
}
