package org.recollect.bench;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Columns that line up in a terminal: the first to the left, figures to the right.
final class TextTable {

  private TextTable() {}

  /// @param rows of equally many cells, the header first
  static String of(List<List<String>> rows) {
    int[] widths =
        IntStream.range(0, rows.getFirst().size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream()
        .map(row ->
            IntStream.range(0, widths.length)
                .mapToObj(column -> aligned(row.get(column), column, widths[column]))
                .collect(Collectors.joining("  "))
                .stripTrailing())
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String aligned(String cell, int column, int width) {
    String padding = " ".repeat(width - cell.length());
    return column == 0 ? cell + padding : padding + cell;
  }
}
