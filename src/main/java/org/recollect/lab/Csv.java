package org.recollect.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Comma-separated values with quoting, after RFC 4180.
public final class Csv {
  private Csv() {}

  /// One line with its end; fields are quoted where they must be.
  public static String line(List<String> fields) {
    return fields.stream().map(Csv::quoted).collect(Collectors.joining(",")) + "\n";
  }

  private static String quoted(String field) {
    return field.matches("(?s).*[\",\r\n].*") ? '"' + field.replace("\"", "\"\"") + '"' : field;
  }

  /// @throws IllegalArgumentException when a quote is not closed
  static List<List<String>> parse(String text) {
    var lines = new ArrayList<List<String>>();
    var fields = new ArrayList<String>();
    var field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean doubled = quoted && c == '"' && i + 1 < text.length() && text.charAt(i + 1) == '"';
      if (doubled) {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == '\n')) {
        fields.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          lines.add(List.copyOf(fields));
          fields.clear();
        }
      } else if (quoted || c != '\r') {
        field.append(c);
      }
    }
    if (quoted) {
      throw new IllegalArgumentException("a quote is not closed");
    }
    if (!fields.isEmpty() || !field.isEmpty()) {
      fields.add(field.toString());
      lines.add(List.copyOf(fields));
    }
    return lines;
  }
}
