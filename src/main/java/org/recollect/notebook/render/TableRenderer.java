package org.recollect.notebook.render;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/// A Tablesaw table: its first rows, and how many there are.
final class TableRenderer {
  static final int ROWS = 30;

  /// A number with or without a spread or a percent sign, or a dash where there is none.
  private static final Pattern NUMBER =
      Pattern.compile(
          "[-\u2212+]?\\d[\\d.,]*(e[-+]?\\d+)?(\\s*\u00b1.*|\\s*%)?|[-\u2013\u2014]|NaN");

  private TableRenderer() {}

  static MimeBundle render(Table table) {
    int shown = Math.min(ROWS, table.rowCount());
    List<List<String>> rows =
        IntStream.range(0, shown)
            .mapToObj(row -> table.columns().stream().map(column -> cell(column, row)).toList())
            .toList();
    List<Boolean> numeric =
        IntStream.range(0, table.columnCount())
            .mapToObj(i -> isNumeric(table.column(i), rows, i))
            .toList();
    String note =
        shown < table.rowCount()
            ? "%d more rows of %d in all".formatted(table.rowCount() - shown, table.rowCount())
            : "";
    String name = table.name() == null ? "" : table.name();
    return new Grid(name, table.columnNames(), numeric, rows, List.of(), note).bundle();
  }

  /// Summaries hold numbers as text, rounded to what their spread supports.
  private static boolean isNumeric(Column<?> column, List<List<String>> rows, int index) {
    var texts = rows.stream().map(row -> row.get(index)).filter(text -> !text.isBlank()).toList();
    return column instanceof NumericColumn
        || (!texts.isEmpty() && texts.stream().allMatch(text -> NUMBER.matcher(text).matches()));
  }

  private static String cell(Column<?> column, int row) {
    boolean real = column.type() == ColumnType.DOUBLE || column.type() == ColumnType.FLOAT;
    if (!real || column.isMissing(row)) {
      return column.getString(row);
    }
    // A column that was given a format of its own prints otherwise than its bare number.
    String printed = column.getString(row);
    Object value = column.get(row);
    return printed.equals(value.toString())
        ? Numbers.show(((Number) value).doubleValue())
        : printed;
  }
}
