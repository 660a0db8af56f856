package org.recollect.notebook;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jdk.jshell.DeclarationSnippet;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.Snippet.Status;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControl.ExecutionControlException;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.recollect.notebook.Cell.Span;

/// Evaluates cells with JShell, snippet by snippet, and remembers where each snippet stood.
/// Mutable: holds the variables and declarations of the notebook. Cells are evaluated one at a
/// time; [#interrupt()] may come from any thread.
final class Evaluator implements AutoCloseable {

  /// Evaluates what stands where a snippet could and begins with `%`.
  interface Magic {
    /// @param text a line after its `%`, or the rest of the cell after `%%`, the second `%`
    ///   included
    /// @return the value to show, or null
    Object run(Span text);
  }

  private final CellControl control = new CellControl();
  private final JShell shell;
  private final Magic magic;
  private final Map<String, Span> origins = new HashMap<>();

  /// @param imports import declarations that every cell sees
  /// @param magic what runs the `%` lines
  /// @param prepare runs on the thread of the cells while the imports compile
  Evaluator(List<String> imports, Magic magic, Runnable prepare) {
    this.magic = magic;
    control.onCellThread(prepare);
    shell =
        JShell.builder()
            .executionEngine(new Provider(), Map.of())
            .compilerOptions("--add-modules", "jdk.incubator.vector")
            .build();
    evaluate(new Cell(0, String.join("\n", imports)));
  }

  /// Runs a cell.
  ///
  /// @return the value of its last snippet if that is an expression without a closing `;`, else
  ///   null
  /// @throws CellFailure where it does not compile, throws or is interrupted
  Object evaluate(Cell cell) {
    control.begin();
    return evaluate(cell.whole());
  }

  /// Runs a part of the cell that is under way.
  Object evaluate(Span code) {
    Object value = null;
    int at = code.skipBlank(code.from());
    while (at < code.to()) {
      int end;
      if (code.cell().source().charAt(at) == '%') {
        end = code.cell().source().startsWith("%%", at) ? code.to() : code.lineEnd(at);
        value = magic.run(code.sub(at + 1, end));
      } else {
        String rest = code.cell().source().substring(at, code.to());
        var info = analysis().analyzeCompletion(rest);
        if (info.completeness() == Completeness.EMPTY) {
          break;
        }
        boolean complete = info.completeness().isComplete();
        end = complete ? code.to() - info.remaining().length() : code.to();
        value = run(complete ? info.source() : rest, code.sub(at, end));
      }
      at = code.skipBlank(end);
    }
    return value;
  }

  private Object run(String source, Span origin) {
    if (control.isInterrupted()) {
      throw Traceback.interrupted(origin);
    }
    List<SnippetEvent> events = shell.eval(source);
    events.forEach(event -> origins.putIfAbsent(event.snippet().id(), origin));
    for (SnippetEvent event : events) {
      if (event.status() == Status.REJECTED) {
        throw CompileErrors.of(shell.diagnostics(event.snippet()).toList(), origin);
      }
      if (control.isInterrupted()) {
        throw Traceback.interrupted(origin);
      }
      if (event.exception() != null) {
        throw Traceback.of(event.exception(), origins, shell);
      }
      if (event.causeSnippet() == null) {
        noteUnresolved(event.snippet());
      }
    }
    Object value = control.takeValue();
    return !events.isEmpty() && showsValue(events.getFirst().snippet(), origin) ? value : null;
  }

  /// A declaration may use names that come in a later cell; the reader is told which.
  private void noteUnresolved(Snippet snippet) {
    if (snippet instanceof DeclarationSnippet declared && shell.status(snippet) != Status.VALID) {
      String missing = shell.unresolvedDependencies(declared).collect(Collectors.joining(", "));
      if (!missing.isEmpty()) {
        System.err.println(declared.name() + " cannot be used until this is declared: " + missing);
      }
    }
  }

  private boolean showsValue(Snippet snippet, Span origin) {
    boolean expression =
        snippet.kind() == Snippet.Kind.EXPRESSION
            || snippet.subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
    return expression && !endsWithSemicolon(origin.text());
  }

  /// Whether the code was typed with a closing semicolon, behind which a comment may stand.
  private boolean endsWithSemicolon(String code) {
    String bare = code.replaceFirst("(//[^\n]*|/\\*(?s:.*)\\*/)\\s*$", "").stripTrailing();
    return bare.endsWith(";")
        && analysis().analyzeCompletion(bare).completeness() == Completeness.COMPLETE;
  }

  /// Stops the cell that is running, if one is.
  void interrupt() {
    try {
      control.interrupt();
    } catch (ExecutionControlException e) {
      throw new IllegalStateException("The cell could not be interrupted: " + e.getMessage(), e);
    }
  }

  /// Adds a jar or a folder of classes to what later cells may use.
  void addToClasspath(Path path) {
    shell.addToClasspath(path.toString());
  }

  SourceCodeAnalysis analysis() {
    return shell.sourceCodeAnalysis();
  }

  @Override
  public void close() {
    shell.close();
  }

  private final class Provider implements ExecutionControlProvider {
    @Override
    public String name() {
      return "recollect";
    }

    @Override
    public ExecutionControl generate(ExecutionEnv environment, Map<String, String> parameters) {
      return control;
    }
  }
}
