package org.recollect.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/// The rows of a table whose cells are parted by tabs and whose first row names them. A cell that
/// begins with a quotation mark goes on to the next one that stands alone, over tabs and ends of
/// lines; two of them stand for one, as spreadsheets write it. Mutable: for one file.
final class TabRecords {
  private final String file;
  private final String text;
  private int at;
  private int line = 1;

  private TabRecords(String file, String text) {
    this.file = file;
    this.text = text;
  }

  /// The rows of a file, as objects of texts; at least one.
  ///
  /// @throws IllegalArgumentException when there is no such file, or it is no UTF-8 text of at most
  ///   16 MiB, or a row has more or fewer cells than the first
  static List<JsonRecord> read(Path path) {
    var table = new TabRecords(String.valueOf(path.getFileName()), JsonRecords.text(path));
    var records = table.records();
    if (records.isEmpty()) {
      throw new IllegalArgumentException(
          "%s holds no records; download or export it again.".formatted(path));
    }
    return records;
  }

  private List<JsonRecord> records() {
    var records = new ArrayList<JsonRecord>();
    var names = at < text.length() ? row() : List.<String>of();
    if (new HashSet<>(names).size() < names.size()) {
      throw wrong(1, "names a column twice; rename one");
    }
    while (at < text.length()) {
      int first = line;
      var cells = row();
      if (cells.size() == 1 && cells.getFirst().isBlank()) {
        continue;
      }
      if (cells.size() != names.size()) {
        throw wrong(
            first,
            "has %d cells where the first has %d; mend the line or leave it out"
                .formatted(cells.size(), names.size()));
      }
      records.add(JsonRecords.row(names, cells, "%s, line %d".formatted(file, first)));
    }
    return records;
  }

  private List<String> row() {
    var cells = new ArrayList<String>();
    do {
      cells.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
    } while (at < text.length() && text.charAt(at++) == '\t');
    line++;
    return cells;
  }

  private String plain() {
    int from = at;
    while (at < text.length() && text.charAt(at) != '\t' && text.charAt(at) != '\n') {
      at++;
    }
    return text.substring(from, at);
  }

  private String quoted() {
    int first = line;
    var cell = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c != '"') {
        line += c == '\n' ? 1 : 0;
        cell.append(c);
      } else if (at + 1 < text.length() && text.charAt(at + 1) == '"') {
        cell.append(c);
        at++;
      } else {
        at++;
        return cell + plain();
      }
    }
    throw wrong(first, "has a quotation mark that is never closed; close it");
  }

  private IllegalArgumentException wrong(int line, String complaint) {
    return new IllegalArgumentException("%s, line %d %s.".formatted(file, line, complaint));
  }
}
