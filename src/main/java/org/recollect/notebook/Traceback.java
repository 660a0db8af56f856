package org.recollect.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.UnresolvedReferenceException;
import org.recollect.notebook.Cell.Span;

/// Tells what a cell threw in terms of the cell: its own lines, then the calls between, then each
/// cause.
final class Traceback {
  /// Frames printed for one throwable; a recursion has thousands.
  private static final int FRAMES = 12;

  /// Library frames printed between two of the cell's own.
  private static final int LIBRARY_FRAMES = 5;

  /// Lines of the cell printed before and after the one that threw.
  private static final int CONTEXT = 2;

  private final Map<String, Span> origins;
  private final List<String> lines = new ArrayList<>();

  private Traceback(Map<String, Span> origins) {
    this.origins = origins;
  }

  /// @param origins where the snippet of each JShell identifier stood
  static CellFailure of(JShellException thrown, Map<String, Span> origins, JShell shell) {
    var traceback = new Traceback(origins);
    String name = simpleName(thrown);
    String message = message(thrown, shell);
    for (Throwable at = thrown; at instanceof JShellException each; at = at.getCause()) {
      String heading = at == thrown ? "" : "Caused by: ";
      traceback.heading(heading, each, message(each, shell));
      traceback.frames(each.getStackTrace());
    }
    return new CellFailure(name, message, traceback.lines);
  }

  /// What is reported for a cell that the reader stopped.
  static CellFailure interrupted(Span origin) {
    String place = "cell " + origin.cell().number() + ", line " + origin.lineAt(origin.from());
    String message = "The cell was interrupted in the statement that begins at " + place + ".";
    return new CellFailure("Interrupted", message, List.of(Ansi.red("Interrupted: ") + message));
  }

  private void heading(String relation, JShellException thrown, String message) {
    lines.add(relation + Ansi.red(name(thrown)) + (message.isEmpty() ? "" : ": " + message));
  }

  private void frames(StackTraceElement[] stack) {
    int printed = 0;
    int library = 0;
    int hidden = 0;
    boolean excerpted = false;
    for (StackTraceElement frame : stack) {
      Span origin = origin(frame);
      boolean show =
          printed < FRAMES && (origin != null || (library < LIBRARY_FRAMES && !plumbing(frame)));
      if (!show) {
        hidden++;
        continue;
      }
      hidden = flush(hidden);
      printed++;
      library = origin == null ? library + 1 : 0;
      if (origin == null) {
        lines.add("    at " + frame);
      } else if (excerpted) {
        lines.add(place(frame, origin) + ": " + sourceLine(origin, line(frame, origin)).strip());
      } else {
        lines.add(place(frame, origin));
        excerpt(origin, line(frame, origin));
        excerpted = true;
      }
    }
    flush(hidden);
  }

  private int flush(int hidden) {
    if (hidden > 0) {
      lines.add("    ... " + hidden + " more");
    }
    return 0;
  }

  private void excerpt(Span origin, int line) {
    int last = (int) origin.cell().source().lines().count();
    for (int n = Math.max(1, line - CONTEXT); n <= Math.min(last, line + CONTEXT); n++) {
      String text = sourceLine(origin, n);
      lines.add(
          n == line
              ? Ansi.green("---> %2d | ".formatted(n)) + text
              : "     %2d | ".formatted(n) + text);
    }
  }

  private static String place(StackTraceElement frame, Span origin) {
    String method = frame.getMethodName();
    boolean named = !method.isEmpty() && !method.startsWith("lambda$");
    return "  in cell %d, line %d%s"
        .formatted(origin.cell().number(), line(frame, origin), named ? " (" + method + ")" : "");
  }

  private static int line(StackTraceElement frame, Span origin) {
    return origin.lineAt(origin.from()) + Math.max(1, frame.getLineNumber()) - 1;
  }

  private static String sourceLine(Span origin, int line) {
    return origin.cell().source().lines().skip(line - 1L).findFirst().orElse("");
  }

  /// JShell names the file of a snippet's frame by `#` and the snippet's identifier.
  private Span origin(StackTraceElement frame) {
    String file = Objects.requireNonNullElse(frame.getFileName(), "");
    return file.startsWith("#") ? origins.get(file.substring(1)) : null;
  }

  private static boolean plumbing(StackTraceElement frame) {
    return frame.getClassName().startsWith("jdk.internal.")
        || frame.getClassName().startsWith("java.lang.reflect.")
        || frame.getClassName().startsWith("java.lang.invoke.");
  }

  private static String name(JShellException thrown) {
    return thrown instanceof EvalException e ? e.getExceptionClassName() : "Unresolved reference";
  }

  private static String simpleName(JShellException thrown) {
    String name = name(thrown);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String message(JShellException thrown, JShell shell) {
    if (thrown instanceof UnresolvedReferenceException unresolved) {
      var snippet = unresolved.getSnippet();
      return snippet.name()
          + " uses what is not declared yet: "
          + shell.unresolvedDependencies(snippet).collect(Collectors.joining(", "));
    }
    // The JVM names a variable of a cell by the class that JShell put it in.
    return Objects.requireNonNullElse(thrown.getMessage(), "")
        .replaceAll("REPL\\.\\$JShell\\$\\w+[.$]", "");
  }
}
