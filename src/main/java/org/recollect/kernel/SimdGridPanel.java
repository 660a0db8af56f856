package org.recollect.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.recollect.kernel.PageFormat.Grid;

/// Rows of a panel on a grid, rebuilt plane by plane into the tile of [SimdPanel]. In a plane first
/// the rows whose bits are shifted alike, lane by lane: loops are over rows, long ones, with all
/// that belongs to a lane in registers, and each is a method of its own, for the reason given in
/// [SimdDotProducts].
final class SimdGridPanel {

  private static final int V = Lanes.COUNT;

  /// Instead of the number of a run.
  private static final int BY_LANE = -1;

  private SimdGridPanel() {}

  /// One plane of codes: the lowest sets the tile to `offset + scale * bits`, the others add
  /// `weight * scale * bits`, where the weight is `2^lowest`.
  static void readPlane(
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
      cellsOfRows(page, grid, panel, lowest, from, rows, scratch);
      for (int run = 0; run < layout.across; run++) {
        int lane = run * layout.cellLanes;
        int end = Math.min(layout.lanes, lane + layout.cellLanes);
        readRows(page, plane, lowest, width, from, from + rows, lane, end, run, from, scratch);
      }
      return;
    }
    for (int row = from; row < from + rows; ) {
      int end = Math.min(from + rows, (row / layout.cellRows + 1) * layout.cellRows);
      cellsOfRow(page, grid, panel, lowest, row, scratch);
      readRows(page, plane, lowest, width, row, end, 0, layout.lanes, BY_LANE, from, scratch);
      row = end;
    }
  }

  /// Rows `from` to `to - 1` of some lanes; those first whose bits are shifted alike.
  ///
  /// @param run which of each row's cells in the scratch is theirs, or [#BY_LANE] where the scratch
  ///   has one for each lane
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
      int run,
      int tileRow,
      SimdScratch scratch) {
    int lanes = page.layout().lanes;
    int apart = 8 / width;
    int mask = (1 << width) - 1;
    var codes = page.memory();
    int across = page.layout().across;
    for (int row = from; row < Math.min(to, from + apart); row++) {
      int shift = PanelLayout.shift(row, width);
      int count = Math.ceilDiv(to - row, apart);
      int cell = (row - tileRow) * across + run;
      float[] scales = scratch.scales;
      float[] offsets = scratch.offsets;
      var tile = scratch.tile;
      int lane = firstLane;
      if (lowest == 0 && run != BY_LANE) {
        for (; lane + 2 * V <= endLane; lane += 2 * V) {
          long code = plane + PanelLayout.row(row, width, lanes) + lane;
          long at = 4L * ((row - tileRow) * lanes + lane);
          setTwoByRow(
              codes,
              code,
              lanes,
              shift,
              mask,
              count,
              scales,
              offsets,
              cell,
              apart * across,
              apart,
              tile,
              at);
        }
      }
      for (; lane < endLane; lane += V) {
        long code = plane + PanelLayout.row(row, width, lanes) + lane;
        long at = 4L * ((row - tileRow) * lanes + lane);
        if (lowest == 0 && run != BY_LANE) {
          setByRow(
              codes,
              code,
              lanes,
              shift,
              mask,
              count,
              scales,
              offsets,
              cell,
              apart * across,
              apart,
              tile,
              at);
        } else if (lowest == 0) {
          setByLane(codes, code, lanes, shift, mask, count, scales, offsets, lane, apart, tile, at);
        } else if (run != BY_LANE) {
          addByRow(
              codes,
              code,
              lanes,
              shift,
              mask,
              count,
              scales,
              cell,
              apart * across,
              apart,
              tile,
              at);
        } else {
          addByLane(codes, code, lanes, shift, mask, count, scales, lane, apart, tile, at);
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
      int cell,
      int cellStep,
      int apart,
      MemorySegment tile,
      long at) {
    long step = 4L * apart * lanes;
    for (int i = 0; i < count; i++, cell += cellStep, code += lanes, at += step) {
      bits(codes, code, shift, mask)
          .fma(
              FloatVector.broadcast(Lanes.FLOATS, scales[cell]),
              FloatVector.broadcast(Lanes.FLOATS, offsets[cell]))
          .intoMemorySegment(tile, at, LITTLE_ENDIAN);
    }
  }

  /// The same for two vectors of lanes, which share what belongs to a row.
  private static void setTwoByRow(
      MemorySegment codes,
      long code,
      int lanes,
      int shift,
      int mask,
      int count,
      float[] scales,
      float[] offsets,
      int cell,
      int cellStep,
      int apart,
      MemorySegment tile,
      long at) {
    long step = 4L * apart * lanes;
    for (int i = 0; i < count; i++, cell += cellStep, code += lanes, at += step) {
      var scale = FloatVector.broadcast(Lanes.FLOATS, scales[cell]);
      var offset = FloatVector.broadcast(Lanes.FLOATS, offsets[cell]);
      bits(codes, code, shift, mask).fma(scale, offset).intoMemorySegment(tile, at, LITTLE_ENDIAN);
      bits(codes, code + V, shift, mask)
          .fma(scale, offset)
          .intoMemorySegment(tile, at + 4 * V, LITTLE_ENDIAN);
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
      int cell,
      int cellStep,
      int apart,
      MemorySegment tile,
      long at) {
    long step = 4L * apart * lanes;
    for (int i = 0; i < count; i++, cell += cellStep, code += lanes, at += step) {
      bits(codes, code, shift, mask)
          .fma(FloatVector.broadcast(Lanes.FLOATS, scales[cell]), Lanes.floats(tile, at))
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

  /// The scales and offsets of some rows `[rows][across]`; scales times `2^lowest`.
  private static void cellsOfRows(
      Page page, Grid grid, long panel, int lowest, int from, int rows, SimdScratch scratch) {
    var layout = page.layout();
    int across = layout.across;
    scratch.reserveCells(rows * across);
    if (layout.cellRows == 1) {
      readCells(page, grid, panel + layout.cell(from, 0), rows * across, scratch);
    } else {
      for (int i = 0; i < rows * across; i++) {
        long cell = panel + layout.cell(from + i / across, i % across * layout.cellLanes);
        scratch.scales[i] = SimdPanel.half(page.memory(), cell + layout.scales);
        scratch.offsets[i] =
            grid.symmetric() ? 0 : SimdPanel.half(page.memory(), cell + layout.offsets);
      }
    }
    finish(grid, lowest, rows * across, scratch);
  }

  /// Cells that lie one after another.
  ///
  /// @param first where the first lies, from the beginning of scales, or offsets, on
  private static void readCells(Page page, Grid grid, long first, int count, SimdScratch scratch) {
    var layout = page.layout();
    var memory = page.memory();
    SimdPanel.fromHalves(
        scratch.halves(memory, first + layout.scales, count), count, scratch.scales);
    if (!grid.symmetric()) {
      SimdPanel.fromHalves(
          scratch.halves(memory, first + layout.offsets, count), count, scratch.offsets);
    }
  }

  /// The scales and offsets of a row, a number for each lane; scales times `2^lowest`.
  private static void cellsOfRow(
      Page page, Grid grid, long panel, int lowest, int row, SimdScratch scratch) {
    var layout = page.layout();
    long first = panel + layout.cell(row, 0);
    scratch.reserveCells(layout.lanes);
    if (layout.cellLanes == 1) {
      readCells(page, grid, first, layout.lanes, scratch);
    } else {
      for (int lane = 0; lane < layout.lanes; lane++) {
        int cell = Math.min(lane / layout.cellLanes, layout.across - 1);
        scratch.scales[lane] = SimdPanel.half(page.memory(), first + layout.scales + 2L * cell);
        if (!grid.symmetric()) {
          scratch.offsets[lane] = SimdPanel.half(page.memory(), first + layout.offsets + 2L * cell);
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
}
