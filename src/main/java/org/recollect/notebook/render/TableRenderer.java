package org.recollect.notebook.render;

import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.ColumnType;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/// A Tablesaw table: its first rows, and how many there are.
final class TableRenderer {
  static final int ROWS = 20;

  private TableRenderer() {}

  static MimeBundle render(Table table) {
    int shown = Math.min(ROWS, table.rowCount());
    List<List<String>> rows =
        IntStream.range(0, shown)
            .mapToObj(row -> table.columns().stream().map(column -> cell(column, row)).toList())
            .toList();
    List<Boolean> numeric =
        table.columns().stream().map(column -> column instanceof NumericColumn).toList();
    String note =
        shown < table.rowCount()
            ? "%d more rows of %d in all".formatted(table.rowCount() - shown, table.rowCount())
            : "";
    String name = table.name() == null ? "" : table.name();
    return new Grid(name, table.columnNames(), numeric, rows, note).bundle();
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
