package org.recollect.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jdk.jshell.Diag;
import org.recollect.notebook.Cell.Span;

/// Turns the compiler's complaints about a snippet into lines of the cell with the place
/// underlined.
final class CompileErrors {
  private CompileErrors() {}

  static CellFailure of(List<Diag> diagnostics, Span origin) {
    var traceback = new ArrayList<String>();
    String first = "";
    for (Diag diagnostic : diagnostics) {
      if (!diagnostic.isError()) {
        continue;
      }
      String message = message(diagnostic);
      if (first.isEmpty()) {
        first = message.lines().findFirst().orElse("");
      }
      traceback.add(Ansi.red("Error: ") + message);
      traceback.addAll(excerpt(diagnostic, origin));
    }
    String where = "cell " + origin.cell().number() + ", line " + firstLine(diagnostics, origin);
    return new CellFailure("CompileError", first + " (" + where + ")", traceback);
  }

  /// Without the class that JShell wraps a snippet in, of which only an empty name is left.
  private static String message(Diag diagnostic) {
    return diagnostic.getMessage(Locale.ENGLISH).replaceAll("\\s*location: class\\s*$", "").strip();
  }

  private static int firstLine(List<Diag> diagnostics, Span origin) {
    return diagnostics.stream()
        .filter(Diag::isError)
        .findFirst()
        .map(d -> origin.lineAt(offset(d.getPosition(), origin)))
        .orElse(origin.lineAt(origin.from()));
  }

  private static List<String> excerpt(Diag diagnostic, Span origin) {
    String source = origin.cell().source();
    int start = offset(diagnostic.getStartPosition(), origin);
    int end = Math.max(start + 1, offset(diagnostic.getEndPosition(), origin));
    int lineStart = source.lastIndexOf('\n', start - 1) + 1;
    int lineEnd = source.indexOf('\n', start);
    lineEnd = lineEnd < 0 ? source.length() : lineEnd;
    String line = source.substring(lineStart, lineEnd);
    String margin = "%5d | ".formatted(origin.lineAt(start));
    String underline =
        line.substring(0, Math.min(start - lineStart, line.length())).replaceAll("\\S", " ")
            + Ansi.red("^".repeat(Math.max(1, Math.min(end, lineEnd) - start)));
    return List.of(margin + line, " ".repeat(margin.length()) + underline);
  }

  private static int offset(long position, Span origin) {
    return (int) Math.clamp(origin.from() + position, origin.from(), origin.to());
  }
}
