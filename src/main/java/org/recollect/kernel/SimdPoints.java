package org.recollect.kernel;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.recollect.kernel.PageFormat.Book;

/// Logits over keys whose codes name points of a book, by tables of floats: for each query and
/// group of channels the products of the query with all points. A look-up a code, whatever the
/// points' dimensions, and no rounding but that of floats. For the books that [SimdTables] does not
/// serve. Mutable: of one run of pages, whose queries stay the same.
final class SimdPoints {

  private static final int V = Lanes.COUNT;

  /// Tables of the queries, made when a book is met first: few, and soon found.
  private final List<QueryTables> made = new ArrayList<>();

  /// The tables for a book from a row of a panel on, and for the queries from a coefficient on,
  /// `[queries][groups][2^bits]`.
  private record QueryTables(CodeBook book, int row, int from, float[] products) {}

  /// Whether a head's keys are served: its groups of channels are its own.
  static boolean serve(Page keys, int headDim) {
    return keys.format() instanceof Book format && headDim % format.book().dimensions() == 0;
  }

  /// Adds logits: `logits[q][lane] += sum over groups of radius * products[q][group][code]`.
  ///
  /// @param rows a whole number of points
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
    int groups = rows / book.dimensions();
    float[] products = products(book, firstRow, groups, coefficients, from, queries);
    int[] codes = scratch.codes(layout.lanes);
    for (int group = 0; group < groups; group++) {
      int row = firstRow + group * book.dimensions();
      if (group == 0 || row % layout.cellRows == 0) {
        long radii = page.start(panel) + layout.scales + layout.cell(row, 0);
        SimdPanel.readRadii(page, radii, layout.lanes, scratch);
      }
      readCodes(page, panel, row / book.dimensions(), codes);
      for (int query = 0; query < queries; query++) {
        int table = query * groups + group << book.bits();
        lookUp(products, table, codes, scratch.scales, logits, to + query * layout.lanes, layout);
      }
    }
  }

  private static void lookUp(
      float[] products,
      int table,
      int[] codes,
      float[] radii,
      float[] logits,
      int to,
      PanelLayout layout) {
    for (int lane = 0; lane < layout.lanes; lane += V) {
      FloatVector.fromArray(Lanes.FLOATS, products, table, codes, lane)
          .fma(Lanes.floats(radii, lane), Lanes.floats(logits, to + lane))
          .intoArray(logits, to + lane);
    }
  }

  /// The codes of a row, plane by plane, the lowest bits first.
  private static void readCodes(Page page, int panel, int codeRow, int[] codes) {
    var layout = page.layout();
    int bits = page.format().bits();
    for (int lowest = 0; lowest < bits; ) {
      int width = PanelLayout.widestPlane(bits - lowest);
      long at =
          page.start(panel) + layout.plane(lowest) + PanelLayout.row(codeRow, width, layout.lanes);
      readPlane(
          page.memory(), at, PanelLayout.shift(codeRow, width), width, lowest, codes, layout.lanes);
      lowest += width;
    }
  }

  private static void readPlane(
      MemorySegment memory, long at, int shift, int width, int lowest, int[] codes, int lanes) {
    int mask = (1 << width) - 1;
    for (int lane = 0; lane < lanes; lane += V) {
      var part = Lanes.bytes(memory, at + lane).lanewise(VectorOperators.LSHR, shift).and(mask);
      if (lowest == 0) {
        part.intoArray(codes, lane);
      } else {
        part.lanewise(VectorOperators.LSHL, lowest)
            .or(IntVector.fromArray(Lanes.INTS, codes, lane))
            .intoArray(codes, lane);
      }
    }
  }

  private float[] products(
      CodeBook book, int firstRow, int groups, float[] coefficients, int from, int queries) {
    for (var each : made) {
      if (each.book == book && each.row == firstRow && each.from == from) {
        return each.products;
      }
    }
    int dimensions = book.dimensions();
    float[] points = book.points();
    float[] products = new float[queries * groups << book.bits()];
    for (int i = 0; i < products.length; i++) {
      // Coefficients lie [queries][groups][dimensions].
      int coefficient = from + (i >> book.bits()) * dimensions;
      int group = firstRow / dimensions + (i >> book.bits()) % groups;
      int code = i & (1 << book.bits()) - 1;
      int point = ((group % book.books() << book.bits()) + code) * dimensions;
      double sum = 0;
      for (int d = 0; d < dimensions; d++) {
        sum += (double) coefficients[coefficient + d] * points[point + d];
      }
      products[i] = (float) sum;
    }
    made.add(new QueryTables(book, firstRow, from, products));
    return products;
  }
}
