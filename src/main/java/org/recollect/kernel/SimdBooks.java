package org.recollect.kernel;

import java.util.HashMap;
import java.util.Map;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import org.recollect.kernel.PageFormat.Book;

/// The two products of attention over pages whose codes name points of a book, by tables. Mutable:
/// of one run of pages, whose queries stay the same.
final class SimdBooks {

  private static final int W = SimdTables.W;

  /// Tables of the queries, made when a book is met first.
  private final Map<Place, SimdTables> queryTables = new HashMap<>();

  /// A book, the row of a panel from which on it is used, and the first of four queries.
  private record Place(CodeBook book, int row, int query) {}

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
    scratch.reserveLanes(layout.lanes);
    for (int row = firstRow; row < firstRow + rows; row += cellRows) {
      long start = page.start(panel);
      long codes = start + PanelLayout.row(row / layout.codeDimensions, book.bits(), layout.lanes);
      long radii = start + layout.scales + layout.cell(row, 0);
      SimdPanel.halves(page.memory(), radii, layout.lanes, scratch.scales);
      for (int query = 0; query < queries; query += SimdTables.QUERIES) {
        int count = Math.min(SimdTables.QUERIES, queries - query);
        int first = from + query * rows + row - firstRow;
        var tables = queryTables.get(new Place(book, row, from + query));
        if (tables == null) {
          tables = new SimdTables();
          tables.build(book, row, cellRows, coefficients, first, rows, count);
          queryTables.put(new Place(book, row, from + query), tables);
        }
        for (int lane = 0; lane < layout.lanes; lane += W) {
          tables.lookUp(page.memory(), codes + lane, layout.lanes);
          for (int q = 0; q < count; q++) {
            addLogits(
                tables, q, scratch.scales, lane, logits, to + (query + q) * layout.lanes + lane);
          }
        }
      }
    }
  }

  /// `logits += radius * (base + step * sums)`, for the even and the odd lanes of a vector of
  /// bytes.
  private static void addLogits(
      SimdTables tables, int query, float[] radii, int lane, float[] logits, int at) {
    float base = tables.base[query];
    float step = tables.step[query];
    int even = query * W;
    int odd = even + W / 2;
    for (int i = 0; i < W / 2; i++) {
      logits[at + 2 * i] += radii[lane + 2 * i] * (base + step * tables.sums[even + i]);
      logits[at + 2 * i + 1] += radii[lane + 2 * i + 1] * (base + step * tables.sums[odd + i]);
    }
  }

  /// Adds weighted values, the even lanes of each vector of bytes before the odd ones; [#unsplit]
  /// puts them in order.
  ///
  /// @param weights of the tokens, that of query `q` and token `t` at `from + q * stride + t`, zero
  ///   for tokens that take no part
  /// @param split that of query `q` and place `i` at `to + q * lanes + i`
  static void addValues(
      Page page,
      int panel,
      float[] weights,
      int from,
      int stride,
      int queries,
      float[] split,
      int to,
      SimdScratch scratch) {
    var layout = page.layout();
    var book = ((Book) page.format()).book();
    int rows = page.capacity();
    scratch.reserveLanes(rows);
    for (int t = 0; t < rows; t++) {
      scratch.scales[t] = SimdPanel.half(page.memory(), page.start(panel) + layout.scales + 2L * t);
    }
    float[] weighted = scratch.coefficients(queries * rows);
    for (int i = 0; i < queries * rows; i++) {
      int t = i % rows;
      weighted[i] = weights[from + i / rows * stride + t] * scratch.scales[t];
    }
    var tables = scratch.valueTables;
    for (int query = 0; query < queries; query += SimdTables.QUERIES) {
      int count = Math.min(SimdTables.QUERIES, queries - query);
      tables.build(book, 0, rows, weighted, query * rows, rows, count);
      for (int lane = 0; lane < layout.lanes; lane += W) {
        tables.lookUp(page.memory(), page.start(panel) + lane, layout.lanes);
        for (int q = 0; q < count; q++) {
          addSums(tables, q, split, to + (query + q) * layout.lanes + lane);
        }
      }
    }
  }

  /// `split += base + step * sums`.
  private static void addSums(SimdTables tables, int query, float[] split, int at) {
    for (int i = 0; i < W; i += Lanes.COUNT) {
      var sum =
          ShortVector.fromArray(Lanes.SHORTS, tables.sums, query * W + i)
              .convertShape(VectorOperators.S2F, Lanes.FLOATS, 0)
              .reinterpretAsFloats();
      sum.mul(tables.step[query])
          .add(tables.base[query])
          .add(Lanes.floats(split, at + i))
          .intoArray(split, at + i);
    }
  }

  /// Adds sums in split order to sums in the order of their lanes.
  static void unsplit(float[] split, float[] sums) {
    for (int i = 0; i < split.length; i++) {
      int block = i / W * W;
      int place = i % W;
      int lane = place < W / 2 ? 2 * place : 2 * (place - W / 2) + 1;
      sums[block + lane] += split[i];
    }
  }
}
