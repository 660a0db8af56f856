package org.recollect.notebook.render;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Cells of text under headers, as an HTML table and as aligned text.
///
/// @param caption stands above, its first line in bold; empty for none
/// @param headers one a column; none at all leaves the header row out
/// @param numeric the columns that are aligned at the right
/// @param rows cells, as many as there are columns
/// @param marks one a row, the class that the style sheet knows it by; none at all for plain rows
/// @param note stands below, such as how many rows are not shown; empty for none
record Grid(
    String caption,
    List<String> headers,
    List<Boolean> numeric,
    List<List<String>> rows,
    List<String> marks,
    String note) {

  /// Columns that stand side by side on a page in letters of the usual size.
  private static final int ROOMY_COLUMNS = 6;

  private static final String STYLE =
      """
      <style>
      .recollect { border-collapse: collapse; font-variant-numeric: tabular-nums; }
      .recollect-scroll { overflow-x: auto; max-width: 100%; margin: 0; }
      .recollect-scroll figcaption { font-weight: bold; padding: 0.2em 0; max-width: 60em; }
      .recollect-scroll figcaption small { font-weight: normal; }
      .recollect-wide { font-size: 0.85em; }
      .recollect th, .recollect td {
        text-align: left; vertical-align: top; padding: 0.2em 0.45em;
        background: transparent; color: inherit; border: 0;
      }
      .recollect th.number, .recollect td.number { text-align: right; }
      .recollect td.number { white-space: nowrap; }
      .recollect td:not(.number) { min-width: 8em; }
      .recollect thead th { border-bottom: 1px solid currentColor; }
      .recollect-note { opacity: 0.7; }
      .recollect tr[class] td:last-child { font-weight: bold; white-space: nowrap; }
      .recollect tr.recollect-supported td:last-child { color: #2a9d63; }
      .recollect tr.recollect-not-supported td:last-child { color: #d8573c; }
      </style>
      """;

  Grid {
    for (List<String> row : rows) {
      if (row.size() != numeric.size()) {
        throw new IllegalArgumentException(
            "A row has %d cells where %d columns were given."
                .formatted(row.size(), numeric.size()));
      }
    }
  }

  /// Two columns, names and values, without headers.
  static Grid ofPairs(String caption, List<List<String>> pairs) {
    return new Grid(caption, List.of(), List.of(false, false), pairs, List.of(), "");
  }

  MimeBundle bundle() {
    return MimeBundle.text(text()).html(html());
  }

  String html() {
    var html = new StringBuilder(STYLE).append("<figure class=\"recollect-scroll\">");
    if (!caption.isEmpty()) {
      html.append("<figcaption>").append(title()).append("</figcaption>");
    }
    String width = numeric.size() > ROOMY_COLUMNS ? " recollect-wide" : "";
    html.append("<table class=\"recollect%s\">".formatted(width));
    if (!headers.isEmpty()) {
      html.append("<thead>").append(row("", "th", headers)).append("</thead>");
    }
    html.append("<tbody>");
    for (int i = 0; i < rows.size(); i++) {
      html.append(row(marks.isEmpty() ? "" : marks.get(i), "td", rows.get(i)));
    }
    html.append("</tbody></table>");
    if (!note.isEmpty()) {
      html.append("<div class=\"recollect-note\">").append(escape(note)).append("</div>");
    }
    return html.append("</figure>").toString();
  }

  private String title() {
    var lines = caption.lines().map(Grid::escape).toList();
    return lines.stream()
        .skip(1)
        .map(line -> "<br><small>" + line + "</small>")
        .collect(Collectors.joining("", lines.getFirst(), ""));
  }

  private String row(String mark, String tag, List<String> cells) {
    var html = new StringBuilder(mark.isEmpty() ? "<tr>" : "<tr class=\"" + mark + "\">");
    for (int i = 0; i < cells.size(); i++) {
      String alignment = numeric.get(i) ? " class=\"number\"" : "";
      html.append("<%s%s>%s</%s>".formatted(tag, alignment, cell(cells.get(i)), tag));
    }
    return html.append("</tr>\n").toString();
  }

  /// An arrow stays on the line of the word that it belongs to.
  private static String cell(String text) {
    return escape(text).replaceAll(" (?=[↑↓]$)", "&nbsp;");
  }

  String text() {
    var lines = new ArrayList<List<String>>();
    if (!headers.isEmpty()) {
      lines.add(headers);
    }
    rows.forEach(cells -> lines.add(cells.stream().map(Grid::oneLine).toList()));
    int[] widths =
        IntStream.range(0, numeric.size())
            .map(i -> lines.stream().mapToInt(line -> width(line.get(i))).max().orElse(0))
            .toArray();
    var text = new ArrayList<String>();
    if (!caption.isEmpty()) {
      text.add(caption);
    }
    lines.forEach(line -> text.add(aligned(line, widths)));
    if (!note.isEmpty()) {
      text.add(note);
    }
    return String.join("\n", text);
  }

  private String aligned(List<String> cells, int[] widths) {
    return IntStream.range(0, widths.length)
        .mapToObj(i -> {
          String space = " ".repeat(widths[i] - width(cells.get(i)));
          return numeric.get(i) ? space + cells.get(i) : cells.get(i) + space;
        })
        .collect(Collectors.joining("  "))
        .stripTrailing();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  private static String oneLine(String cell) {
    return cell.replaceAll("\\s*\\R\\s*", " ");
  }

  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
