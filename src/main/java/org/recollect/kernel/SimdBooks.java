package org.recollect.kernel;

import java.util.ArrayList;
import java.util.List;
import org.recollect.kernel.PageFormat.Book;

/// The two products of attention over pages whose codes name points of a book, by tables. Mutable:
/// of one run of pages, whose queries stay the same.
final class SimdBooks {

  private static final int W = SimdTables.W;

  /// Tables of the queries, made when a book is met first: few, and soon found.
  private final List<QueryTables> made = new ArrayList<>();

  /// The tables for a book from a row of a panel on, and for four queries from a coefficient on.
  private record QueryTables(CodeBook book, int row, int from, SimdTables tables) {}

  /// Whether a head's keys, or values, are served by tables.
  static boolean serve(Page page, int headDim) {
    if (!(page.format() instanceof Book format)) {
      return false;
    }
    int lanes = page.layout().lanes;
    return page.isKeys()
        ? headDim % format.radiusChannels() == 0
            && SimdTables.serve(format.book(), format.radiusChannels(), lanes)
        : page.layout().across == 1
            && format.book().books() == 1
            && SimdTables.serve(format.book(), page.capacity(), lanes);
  }

  /// Adds logits: `logits[q][lane] += sum over rows of coefficients[q][row] * keys[row][lane]`.
  ///
  /// @param coefficients that of query `q` and row `r` at `from + q * rows + r`
  /// @param logits that of query `q` and lane `l` at `to + q * lanes + l`
  void addKeys(
      Page page,
      int panel,
      int firstRow,
      int rows,
      float[] coefficients,
      int from,
      int queries,
      float[] logits,
      int to,
      SimdScratch scratch) {
    var layout = page.layout();
    var book = ((Book) page.format()).book();
    int cellRows = layout.cellRows;
    for (int row = firstRow; row < firstRow + rows; row += cellRows) {
      long start = page.start(panel);
      long at = start + PanelLayout.row(row / layout.codeDimensions, book.bits(), layout.lanes);
      int byteRows = cellRows / layout.codeDimensions * book.bits() / 8;
      short[] codes = scratch.shorts(page.memory(), at, byteRows * layout.lanes / 2);
      long radii = start + layout.scales + layout.cell(row, 0);
      SimdPanel.readRadii(page, radii, layout.lanes, scratch);
      for (int query = 0; query < queries; query += SimdTables.QUERIES) {
        int count = Math.min(SimdTables.QUERIES, queries - query);
        int first = from + query * rows + row - firstRow;
        var tables = queryTables(book, row, cellRows, coefficients, first, rows, count);
        for (int lane = 0; lane < layout.lanes; lane += W) {
          tables.lookUp(codes, lane / 2, layout.lanes);
          for (int q = 0; q < count; q++) {
            tables.addTo(q, scratch.scales, lane, logits, to + (query + q) * layout.lanes + lane);
          }
        }
      }
    }
  }

  private SimdTables queryTables(
      CodeBook book, int row, int rows, float[] coefficients, int from, int stride, int queries) {
    for (var each : made) {
      if (each.book == book && each.row == row && each.from == from) {
        return each.tables;
      }
    }
    var tables = new SimdTables();
    tables.build(book, row, rows, coefficients, from, stride, queries);
    made.add(new QueryTables(book, row, from, tables));
    return tables;
  }

  /// Adds weighted values.
  ///
  /// @param weights of the tokens, that of query `q` and token `t` at `from + q * stride + t`, zero
  ///   for tokens that take no part
  /// @param sums that of query `q` and lane `l` at `to + q * lanes + l`
  static void addValues(
      Page page,
      int panel,
      float[] weights,
      int from,
      int stride,
      int queries,
      float[] sums,
      int to,
      SimdScratch scratch) {
    var layout = page.layout();
    var book = ((Book) page.format()).book();
    int rows = page.capacity();
    long start = page.start(panel);
    SimdPanel.readRadii(page, start + layout.scales, rows, scratch);
    short[] codes = scratch.shorts(page.memory(), start, rows * book.bits() / 8 * layout.lanes / 2);
    float[] weighted = scratch.coefficients(queries * rows);
    for (int query = 0; query < queries; query++) {
      for (int t = 0; t < rows; t++) {
        weighted[query * rows + t] = weights[from + query * stride + t] * scratch.scales[t];
      }
    }
    var tables = scratch.valueTables;
    for (int query = 0; query < queries; query += SimdTables.QUERIES) {
      int count = Math.min(SimdTables.QUERIES, queries - query);
      tables.build(book, 0, rows, weighted, query * rows, rows, count);
      for (int lane = 0; lane < layout.lanes; lane += W) {
        tables.lookUp(codes, lane / 2, layout.lanes);
        for (int q = 0; q < count; q++) {
          tables.addTo(q, sums, to + (query + q) * layout.lanes + lane);
        }
      }
    }
  }
}
