package org.recollect.kernel.cuda;

import java.lang.foreign.Arena;
import java.util.HashMap;
import java.util.Map;
import org.recollect.kernel.Page;
import org.recollect.kernel.PageFormat;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// The formats and shapes of the pages of a call, as `Layout` of `kernels-native/src/page.h`, each
/// once. Mutable.
final class Layouts {

  private static final int GRID = 3;
  private static final int BOOK = 4;

  private record Shape(PageFormat format, boolean keys, int channels, int capacity) {}

  private final Copies copies;
  private final Struct table;

  /// The last page of keys, and of values: pages mostly come in runs of one format.
  private final Page[] last = new Page[2];

  private final int[] lastIndex = new int[2];
  private final Map<Shape, Integer> indices = new HashMap<>();

  Layouts(Arena arena, Copies copies) {
    this.table = new Struct(arena);
    this.copies = copies;
  }

  /// The index of a page's layout.
  int of(Page page) {
    int side = page.isKeys() ? 0 : 1;
    var before = last[side];
    if (before == null
        || before.format() != page.format()
        || before.panelChannels() != page.panelChannels()
        || before.capacity() != page.capacity()) {
      last[side] = page;
      lastIndex[side] = find(page);
    }
    return lastIndex[side];
  }

  private int find(Page page) {
    var shape = new Shape(page.format(), page.isKeys(), page.panelChannels(), page.capacity());
    return indices.computeIfAbsent(
        shape,
        _ -> {
          write(table, page, copies);
          return indices.size();
        });
  }

  /// The index of a panel of keys of one head in single precision, `[headDim][tokens]`.
  int ofTurned(int headDim, int tokens) {
    return indices.computeIfAbsent(
        new Shape(Floats.F32, true, headDim, tokens),
        _ -> {
          numbers(table, Floats.F32, 4L * headDim * tokens, headDim, headDim, tokens);
          return indices.size();
        });
  }

  Struct table() {
    return table;
  }

  static void write(Struct to, Page page, Copies copies) {
    var layout = page.layout();
    switch (page.format()) {
      case Floats floats ->
          numbers(to, floats, layout.bytes, page.panelChannels(), layout.rows, layout.lanes);
      case Grid grid ->
          to.put(0L)
              .put(layout.bytes)
              .put(GRID)
              .put(grid.bits())
              .put(page.panelChannels())
              .put(layout.rows)
              .put(layout.lanes)
              .put(layout.cellRows)
              .put(layout.cellLanes)
              .put(layout.across)
              .put(Math.toIntExact(layout.scales))
              .put(grid.symmetric() ? 0 : Math.toIntExact(layout.offsets))
              .put((float) (grid.largestCode() / 2))
              .put(1)
              .put(1)
              .end();
      case Book format when format.radiusBits() < Short.SIZE || format.keepsLength() ->
          throw new UnsupportedOperationException(
              "The CUDA kernels know radii of 16 bits that fit best, and no others: set RECOLLECT_KERNELS=simd.");
      case Book(var book, var _, var _, var _) ->
          to.put(copies.of(book))
              .put(layout.bytes)
              .put(BOOK)
              .put(book.bits())
              .put(page.panelChannels())
              .put(layout.rows / book.dimensions())
              .put(layout.lanes)
              .put(Math.ceilDiv(layout.cellRows, book.dimensions()))
              .put(layout.cellLanes)
              .put(layout.across)
              .put(Math.toIntExact(layout.scales))
              .put(0)
              .put(0f)
              .put(book.dimensions())
              .put(book.books())
              .end();
      case Coded(var code) ->
          throw new IllegalArgumentException(
              "Pages in the code '%s' are decoded by Java, which a GPU does not run: call Kernels.use(SIMD) first."
                  .formatted(code.name()));
    }
  }

  private static void numbers(
      Struct to, Floats floats, long panelBytes, int channels, int rows, int lanes) {
    to.put(0L).put(panelBytes).put(floats.precision().ordinal()).put(floats.bits());
    to.put(channels).put(rows).put(lanes).put(1).put(1).put(lanes);
    to.put(0).put(0).put(0f).put(1).put(1).end();
  }
}
