package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// Rows of a panel rebuilt as floats in a tile that stays in the nearest cache: `tile
/// [rows][lanes]`, row after row.
///
/// Loops are over rows, long ones, with all that belongs to a lane in registers; each is a method
/// of its own, for the reason given in [SimdDotProducts].
final class SimdPanel {

  private static final int V = Lanes.COUNT;

  /// 2^112: what the exponent of a half lacks when its bits stand where those of a float do.
  private static final float HALF_BIAS = 0x1p112f;

  private SimdPanel() {}

  /// Rebuilds `rows` rows of a panel from row `from` on in the scratch's tile.
  ///
  /// @return the tile
  static MemorySegment read(Page page, int panel, int from, int rows, SimdScratch scratch) {
    var layout = page.layout();
    long start = page.start(panel);
    int count = rows * layout.lanes;
    var tile = scratch.tile(count);
    switch (page.format()) {
      case Floats floats -> {
        long at = start + (long) from * layout.lanes * floats.precision().bytes();
        switch (floats.precision()) {
          case F32 -> MemorySegment.copy(page.memory(), at, tile, 0, 4L * count);
          case F16 -> fromHalves(page.memory(), at, count, tile);
          case BF16 -> fromBrains(page.memory(), at, count, tile);
        }
      }
      case Grid grid -> {
        for (int lowest = 0; lowest < grid.bits(); ) {
          int width = PanelLayout.widestPlane(grid.bits() - lowest);
          readPlane(page, grid, start, lowest, width, from, rows, scratch);
          lowest += width;
        }
      }
      case Book book -> readBook(page, book, start, from, rows, tile);
    }
    return tile;
  }

  /// Half-precision numbers, finite: exponent and fraction move to their place in a float, whose
  /// exponent counts from another zero; the product mends that and makes subnormal numbers normal.
  private static void fromHalves(MemorySegment memory, long at, int count, MemorySegment tile) {
    for (int i = 0; i < count; i += V) {
      var bits = Lanes.shorts(memory, at + 2L * i);
      bits.and(0x7fff)
          .lanewise(VectorOperators.LSHL, 13)
          .or(bits.and(0x80000000))
          .intoMemorySegment(tile, 4L * i, LITTLE_ENDIAN);
    }
    for (int i = 0; i < count; i += V) {
      Lanes.floats(tile, 4L * i).mul(HALF_BIAS).intoMemorySegment(tile, 4L * i, LITTLE_ENDIAN);
    }
  }

  private static void fromBrains(MemorySegment memory, long at, int count, MemorySegment tile) {
    for (int i = 0; i < count; i += V) {
      Lanes.shorts(memory, at + 2L * i)
          .lanewise(VectorOperators.LSHL, 16)
          .intoMemorySegment(tile, 4L * i, LITTLE_ENDIAN);
    }
  }

  /// Half-precision numbers as floats, by a loop that the compiler turns into vectors.
  static void fromHalves(short[] halves, int count, float[] to) {
    for (int i = 0; i < count; i++) {
      to[i] = Float.float16ToFloat(halves[i]);
    }
  }

  /// One plane of codes: the lowest sets the tile to `offset + scale * bits`, the others add
  /// `2^lowest
  /// * scale * bits` to it.
  private static void readPlane(
      Page page,
      Grid grid,
      long panel,
      int lowest,
      int width,
      int from,
      int rows,
      SimdScratch scratch) {
    var layout = page.layout();
    long plane = panel + layout.plane(lowest);
    if (layout.cellLanes % PanelLayout.LANE_MULTIPLE == 0) {
      for (int lane = 0; lane < layout.lanes; lane += layout.cellLanes) {
        cellsOfRun(page, grid, panel, lowest, from, rows, lane, scratch);
        int end = Math.min(layout.lanes, lane + layout.cellLanes);
        readRows(page, plane, lowest, width, from, from + rows, lane, end, true, from, scratch);
      }
      return;
    }
    for (int row = from; row < from + rows; ) {
      int end = Math.min(from + rows, (row / layout.cellRows + 1) * layout.cellRows);
      cellsOfRow(page, grid, panel, lowest, row, scratch);
      readRows(page, plane, lowest, width, row, end, 0, layout.lanes, false, from, scratch);
      row = end;
    }
  }

  /// Rows `from` to `to - 1` of some lanes; those first whose bits are shifted alike.
  ///
  /// @param byRow whether the scratch holds scales and offsets row by row, and not lane by lane
  /// @param tileRow the row that the tile begins with
  private static void readRows(
      Page page,
      long plane,
      int lowest,
      int width,
      int from,
      int to,
      int firstLane,
      int endLane,
      boolean byRow,
      int tileRow,
      SimdScratch scratch) {
    int lanes = page.layout().lanes;
    int apart = 8 / width;
    int mask = (1 << width) - 1;
    var codes = page.memory();
    for (int row = from; row < Math.min(to, from + apart); row++) {
      int shift = PanelLayout.shift(row, width);
      int count = Math.ceilDiv(to - row, apart);
      for (int lane = firstLane; lane < endLane; lane += V) {
        long code = plane + PanelLayout.row(row, width, lanes) + lane;
        long at = 4L * ((row - tileRow) * lanes + lane);
        int cell = byRow ? row - tileRow : lane;
        float[] scales = scratch.scales;
        float[] offsets = scratch.offsets;
        var tile = scratch.tile;
        if (lowest == 0 && byRow) {
          setByRow(codes, code, lanes, shift, mask, count, scales, offsets, cell, apart, tile, at);
        } else if (lowest == 0) {
          setByLane(codes, code, lanes, shift, mask, count, scales, offsets, cell, apart, tile, at);
        } else if (byRow) {
          addByRow(codes, code, lanes, shift, mask, count, scales, cell, apart, tile, at);
        } else {
          addByLane(codes, code, lanes, shift, mask, count, scales, cell, apart, tile, at);
        }
      }
    }
  }

  /// `tile = offset + scale * bits`, scale and offset of the lanes.
  private static void setByLane(
      MemorySegment codes,
      long code,
      int lanes,
      int shift,
      int mask,
      int count,
      float[] scales,
      float[] offsets,
      int lane,
      int apart,
      MemorySegment tile,
      long at) {
    var scale = Lanes.floats(scales, lane);
    var offset = Lanes.floats(offsets, lane);
    long step = 4L * apart * lanes;
    for (int i = 0; i < count; i++, code += lanes, at += step) {
      bits(codes, code, shift, mask).fma(scale, offset).intoMemorySegment(tile, at, LITTLE_ENDIAN);
    }
  }

  /// `tile = offset + scale * bits`, scale and offset of each row.
  private static void setByRow(
      MemorySegment codes,
      long code,
      int lanes,
      int shift,
      int mask,
      int count,
      float[] scales,
      float[] offsets,
      int row,
      int apart,
      MemorySegment tile,
      long at) {
    long step = 4L * apart * lanes;
    for (int i = 0; i < count; i++, row += apart, code += lanes, at += step) {
      bits(codes, code, shift, mask)
          .fma(
              FloatVector.broadcast(Lanes.FLOATS, scales[row]),
              FloatVector.broadcast(Lanes.FLOATS, offsets[row]))
          .intoMemorySegment(tile, at, LITTLE_ENDIAN);
    }
  }

  /// `tile += scale * bits`, scale of the lanes.
  private static void addByLane(
      MemorySegment codes,
      long code,
      int lanes,
      int shift,
      int mask,
      int count,
      float[] scales,
      int lane,
      int apart,
      MemorySegment tile,
      long at) {
    var scale = Lanes.floats(scales, lane);
    long step = 4L * apart * lanes;
    for (int i = 0; i < count; i++, code += lanes, at += step) {
      bits(codes, code, shift, mask)
          .fma(scale, Lanes.floats(tile, at))
          .intoMemorySegment(tile, at, LITTLE_ENDIAN);
    }
  }

  /// `tile += scale * bits`, scale of each row.
  private static void addByRow(
      MemorySegment codes,
      long code,
      int lanes,
      int shift,
      int mask,
      int count,
      float[] scales,
      int row,
      int apart,
      MemorySegment tile,
      long at) {
    long step = 4L * apart * lanes;
    for (int i = 0; i < count; i++, row += apart, code += lanes, at += step) {
      bits(codes, code, shift, mask)
          .fma(FloatVector.broadcast(Lanes.FLOATS, scales[row]), Lanes.floats(tile, at))
          .intoMemorySegment(tile, at, LITTLE_ENDIAN);
    }
  }

  private static FloatVector bits(MemorySegment codes, long at, int shift, int mask) {
    return (FloatVector)
        Lanes.bytes(codes, at)
            .lanewise(VectorOperators.LSHR, shift)
            .and(mask)
            .convert(VectorOperators.I2F, 0);
  }

  /// The scales and offsets of a run of lanes, a number for each row; scales times `2^lowest`.
  private static void cellsOfRun(
      Page page,
      Grid grid,
      long panel,
      int lowest,
      int from,
      int rows,
      int lane,
      SimdScratch scratch) {
    var layout = page.layout();
    scratch.reserveCells(rows);
    for (int i = 0; i < rows; i++) {
      long cell = panel + layout.cell(from + i, lane);
      scratch.scales[i] = half(page.memory(), cell + layout.scales);
      if (!grid.symmetric()) {
        scratch.offsets[i] = half(page.memory(), cell + layout.offsets);
      }
    }
    finish(grid, lowest, rows, scratch);
  }

  /// The scales and offsets of a row, a number for each lane; scales times `2^lowest`.
  private static void cellsOfRow(
      Page page, Grid grid, long panel, int lowest, int row, SimdScratch scratch) {
    var layout = page.layout();
    long first = panel + layout.cell(row, 0);
    scratch.reserveCells(layout.lanes);
    if (layout.cellLanes == 1) {
      fromHalves(
          scratch.halves(page.memory(), first + layout.scales, layout.lanes),
          layout.lanes,
          scratch.scales);
      if (!grid.symmetric()) {
        fromHalves(
            scratch.halves(page.memory(), first + layout.offsets, layout.lanes),
            layout.lanes,
            scratch.offsets);
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
    finish(grid, lowest, layout.lanes, scratch);
  }

  /// Gives a symmetric grid, whose middle code is zero, its offsets, and weighs the scales.
  private static void finish(Grid grid, int lowest, int count, SimdScratch scratch) {
    int middle = grid.symmetric() ? grid.largestCode() / 2 : 0;
    float weight = 1 << lowest;
    for (int i = 0; i < count; i++) {
      if (grid.symmetric()) {
        scratch.offsets[i] = -scratch.scales[i] * middle;
      }
      scratch.scales[i] *= weight;
    }
  }

  /// Points one number at a time: [SimdTables] serves the books that decoding meets often.
  private static void readBook(
      Page page, Book format, long panel, int from, int rows, MemorySegment tile) {
    var layout = page.layout();
    var book = format.book();
    int used = page.isKeys() ? page.capacity() : page.panelChannels();
    for (int row = from; row < from + rows; row++) {
      for (int lane = 0; lane < used; lane++) {
        int channel = page.isKeys() ? row : lane;
        int code = layout.code(page.memory(), panel, row, lane);
        float point = book.number(channel / book.dimensions(), code, channel % book.dimensions());
        float radius = half(page.memory(), panel + layout.scales + layout.cell(row, lane));
        tile.set(JAVA_FLOAT_UNALIGNED, 4L * ((row - from) * layout.lanes + lane), radius * point);
      }
    }
  }

  static float half(MemorySegment memory, long at) {
    return Float.float16ToFloat(memory.get(JAVA_SHORT_UNALIGNED, at));
  }
}
