package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;
import org.recollect.kernel.PageFormat.Precision;

/// Rows of a panel rebuilt as floats in a tile that stays in the nearest cache: `tile
/// [rows][lanes]`, row after row. Each loop over rows is a method of its own, for the reason given
/// in [SimdDotProducts].
final class SimdPanel {

  private static final int V = Lanes.COUNT;

  /// 2^112: what the exponent of a half lacks when its bits stand where those of a float do.
  private static final float HALF_BIAS = 0x1p112f;

  private SimdPanel() {}

  /// Rebuilds `rows` rows of a panel from row `from` on.
  ///
  /// @param tile native memory of at least `rows * lanes` floats
  static void read(
      Page page, int panel, int from, int rows, MemorySegment tile, SimdScratch scratch) {
    var layout = page.layout();
    long start = page.start(panel);
    switch (page.format()) {
      case Floats floats -> {
        long at = start + (long) from * layout.lanes * floats.precision().bytes();
        int count = rows * layout.lanes;
        if (floats.precision() == Precision.F32) {
          MemorySegment.copy(page.memory(), at, tile, 0, 4L * count);
        } else if (floats.precision() == Precision.F16) {
          halves(page.memory(), at, count, tile);
        } else {
          brains(page.memory(), at, count, tile);
        }
      }
      case Grid grid -> readGrid(page, grid, start, from, rows, tile, scratch);
      case Book book -> readBook(page, book, panel, from, rows, tile);
    }
  }

  private static void readGrid(
      Page page,
      Grid grid,
      long start,
      int from,
      int rows,
      MemorySegment tile,
      SimdScratch scratch) {
    var layout = page.layout();
    boolean byRun = layout.cellLanes % PanelLayout.LANE_MULTIPLE == 0;
    scratch.reserveLanes(layout.lanes);
    for (int row = from; row < from + rows; ) {
      int end = Math.min(from + rows, (row / layout.cellRows + 1) * layout.cellRows);
      if (byRun) {
        end = from + rows;
      } else {
        spread(page, grid, start, row, scratch);
      }
      for (int lowest = 0; lowest < grid.bits(); ) {
        int width = PanelLayout.widestPlane(grid.bits() - lowest);
        long plane = start + layout.plane(lowest);
        long to = 4L * (row - from) * layout.lanes;
        if (byRun) {
          runs(page, grid, start, plane, width, lowest, row, end, tile, to);
        } else if (lowest == 0) {
          firstPlane(page.memory(), plane, width, row, end, layout.lanes, scratch, tile, to);
        } else {
          nextPlane(page.memory(), plane, width, lowest, row, end, layout.lanes, scratch, tile, to);
        }
        lowest += width;
      }
      row = end;
    }
  }

  /// `tile = offset + scale * bits`, scale and offset lane by lane.
  private static void firstPlane(
      MemorySegment memory,
      long plane,
      int width,
      int from,
      int to,
      int lanes,
      SimdScratch scratch,
      MemorySegment tile,
      long at) {
    int mask = (1 << width) - 1;
    for (int row = from; row < to; row++) {
      long start = plane + PanelLayout.row(row, width, lanes);
      int shift = PanelLayout.shift(row, width);
      for (int lane = 0; lane < lanes; lane += V) {
        bits(memory, start + lane, shift, mask)
            .fma(Lanes.floats(scratch.scales, lane), Lanes.floats(scratch.offsets, lane))
            .intoMemorySegment(tile, at + 4L * lane, LITTLE_ENDIAN);
      }
      at += 4L * lanes;
    }
  }

  /// `tile += scale * 2^lowest * bits`.
  private static void nextPlane(
      MemorySegment memory,
      long plane,
      int width,
      int lowest,
      int from,
      int to,
      int lanes,
      SimdScratch scratch,
      MemorySegment tile,
      long at) {
    int mask = (1 << width) - 1;
    float weight = 1 << lowest;
    for (int row = from; row < to; row++) {
      long start = plane + PanelLayout.row(row, width, lanes);
      int shift = PanelLayout.shift(row, width);
      for (int lane = 0; lane < lanes; lane += V) {
        bits(memory, start + lane, shift, mask)
            .mul(weight)
            .fma(Lanes.floats(scratch.scales, lane), Lanes.floats(tile, at + 4L * lane))
            .intoMemorySegment(tile, at + 4L * lane, LITTLE_ENDIAN);
      }
      at += 4L * lanes;
    }
  }

  /// The same where a run of lanes shares a scale.
  private static void runs(
      Page page,
      Grid grid,
      long panel,
      long plane,
      int width,
      int lowest,
      int from,
      int to,
      MemorySegment tile,
      long at) {
    var layout = page.layout();
    var memory = page.memory();
    int mask = (1 << width) - 1;
    int middle = grid.symmetric() ? grid.largestCode() / 2 : 0;
    for (int row = from; row < to; row++) {
      long start = plane + PanelLayout.row(row, width, layout.lanes);
      int shift = PanelLayout.shift(row, width);
      for (int lane = 0; lane < layout.lanes; ) {
        long cell = panel + layout.cell(row, lane);
        float scale = half(memory, cell + layout.scales);
        float zero = grid.symmetric() ? -scale * middle : half(memory, cell + layout.offsets);
        int end = Math.min(layout.lanes, lane + layout.cellLanes);
        if (lowest == 0) {
          for (; lane < end; lane += V) {
            bits(memory, start + lane, shift, mask)
                .fma(scale, zero)
                .intoMemorySegment(tile, at + 4L * lane, LITTLE_ENDIAN);
          }
        } else {
          for (; lane < end; lane += V) {
            bits(memory, start + lane, shift, mask)
                .fma(
                    FloatVector.broadcast(Lanes.FLOATS, scale * (1 << lowest)),
                    Lanes.floats(tile, at + 4L * lane))
                .intoMemorySegment(tile, at + 4L * lane, LITTLE_ENDIAN);
          }
        }
      }
      at += 4L * layout.lanes;
    }
  }

  private static FloatVector bits(MemorySegment memory, long at, int shift, int mask) {
    return (FloatVector)
        Lanes.bytes(memory, at)
            .lanewise(VectorOperators.LSHR, shift)
            .and(mask)
            .convert(VectorOperators.I2F, 0);
  }

  /// Spreads the cells that a row lies in over its lanes.
  private static void spread(Page page, Grid grid, long panel, int row, SimdScratch scratch) {
    var layout = page.layout();
    long first = panel + layout.cell(row, 0);
    if (layout.cellLanes == 1) {
      halves(page.memory(), first + layout.scales, layout.lanes, scratch.scales);
      if (!grid.symmetric()) {
        halves(page.memory(), first + layout.offsets, layout.lanes, scratch.offsets);
      }
    } else {
      for (int lane = 0; lane < layout.lanes; lane++) {
        int cell = Math.min(lane / layout.cellLanes, layout.across - 1);
        scratch.scales[lane] = half(page.memory(), first + layout.scales + 2L * cell);
        if (!grid.symmetric()) {
          scratch.offsets[lane] = half(page.memory(), first + layout.offsets + 2L * cell);
        }
      }
    }
    if (grid.symmetric()) {
      int middle = grid.largestCode() / 2;
      for (int lane = 0; lane < layout.lanes; lane++) {
        scratch.offsets[lane] = -scratch.scales[lane] * middle;
      }
    }
  }

  /// Points one number at a time: [SimdTables] serves the books that decoding meets often.
  private static void readBook(
      Page page, Book format, int panel, int from, int rows, MemorySegment tile) {
    var layout = page.layout();
    var book = format.book();
    long start = page.start(panel);
    int used = page.isKeys() ? page.capacity() : page.panelChannels();
    for (int row = from; row < from + rows; row++) {
      for (int lane = 0; lane < used; lane++) {
        int channel = page.isKeys() ? row : lane;
        int code = layout.code(page.memory(), start, row, lane);
        float point = book.number(channel / book.dimensions(), code, channel % book.dimensions());
        float radius = half(page.memory(), start + layout.scales + layout.cell(row, lane));
        tile.set(JAVA_FLOAT_UNALIGNED, 4L * ((row - from) * layout.lanes + lane), radius * point);
      }
    }
  }

  private static void halves(MemorySegment from, long at, int count, MemorySegment to) {
    for (int i = 0; i < count; i += V) {
      halves(from, at + 2L * i).intoMemorySegment(to, 4L * i, LITTLE_ENDIAN);
    }
  }

  /// @param count a multiple of 16
  static void halves(MemorySegment from, long at, int count, float[] to) {
    for (int i = 0; i < count; i += V) {
      halves(from, at + 2L * i).intoArray(to, i);
    }
  }

  /// Half-precision numbers, finite: exponent and fraction move to their place in a float, whose
  /// exponent counts from another zero; the product also makes subnormal numbers normal.
  private static FloatVector halves(MemorySegment from, long at) {
    IntVector bits = Lanes.shorts(from, at);
    var magnitude =
        bits.and(0x7fff)
            .lanewise(VectorOperators.LSHL, 13)
            .reinterpretAsFloats()
            .mul(HALF_BIAS)
            .reinterpretAsInts();
    return bits.and(0x80000000).or(magnitude).reinterpretAsFloats();
  }

  private static void brains(MemorySegment from, long at, int count, MemorySegment to) {
    for (int i = 0; i < count; i += V) {
      Lanes.shorts(from, at + 2L * i)
          .lanewise(VectorOperators.LSHL, 16)
          .reinterpretAsFloats()
          .intoMemorySegment(to, 4L * i, LITTLE_ENDIAN);
    }
  }

  static float half(MemorySegment memory, long at) {
    return Float.float16ToFloat(memory.get(JAVA_SHORT_UNALIGNED, at));
  }
}
