package org.recollect.notebook;

/// One execution of a notebook cell: its execution count and its source as typed.
record Cell(int number, String source) {

  Span whole() {
    return new Span(this, 0, source.length());
  }

  /// A part of a cell, from offset `from` (inclusive) to `to` (exclusive) of its source; lines keep
  /// the numbers they have in the cell.
  record Span(Cell cell, int from, int to) {

    String text() {
      return cell.source.substring(from, to);
    }

    Span sub(int start, int end) {
      return new Span(cell, start, end);
    }

    /// Line of the cell, from 1, on which the offset lies.
    int lineAt(int offset) {
      return 1 + (int) cell.source.substring(0, offset).chars().filter(c -> c == '\n').count();
    }

    /// Offset of the first character at or after `at` that is not white space, or `to`.
    int skipBlank(int at) {
      while (at < to && Character.isWhitespace(cell.source.charAt(at))) {
        at++;
      }
      return at;
    }

    /// Offset of the end of the line on which `at` lies.
    int lineEnd(int at) {
      int end = cell.source.indexOf('\n', at);
      return end < 0 || end > to ? to : end;
    }
  }
}
