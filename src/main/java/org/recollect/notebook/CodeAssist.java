package org.recollect.notebook;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import jdk.jshell.SourceCodeAnalysis.Suggestion;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;

/// Answers questions about code that is being typed: what could follow, what a name means, whether
/// the input is finished. Positions are offsets in UTF-16 units.
final class CodeAssist {
  private static final String INDENT = "    ";

  private final SourceCodeAnalysis analysis;

  CodeAssist(SourceCodeAnalysis analysis) {
    this.analysis = analysis;
  }

  /// What could stand at the cursor.
  ///
  /// @param magics names that complete a `%` at the start of a line
  ReplacementOptions complete(String code, int cursor, Collection<String> magics) {
    int lineStart = code.lastIndexOf('\n', cursor - 1) + 1;
    String typed = code.substring(lineStart, cursor);
    if (typed.startsWith("%") && typed.indexOf(' ') < 0) {
      String prefix = typed.replaceFirst("%+", "");
      var names = magics.stream().filter(name -> name.startsWith(prefix)).sorted().toList();
      return new ReplacementOptions(names, cursor - prefix.length(), cursor);
    }
    int start = snippetStart(code, cursor);
    int[] anchor = {0};
    String snippet = code.substring(start);
    List<String> found =
        analysis.completionSuggestions(snippet, cursor - start, anchor).stream()
            .sorted((a, b) -> Boolean.compare(b.matchesType(), a.matchesType()))
            .map(Suggestion::continuation)
            .distinct()
            .toList();
    return new ReplacementOptions(found, start + anchor[0], cursor);
  }

  /// Signatures and, where the sources are at hand (`src.zip` of the JDK), the doc comments of what
  /// stands at the cursor; empty where nothing is known.
  String document(String code, int cursor) {
    int end = cursor;
    while (end < code.length() && Character.isJavaIdentifierPart(code.charAt(end))) {
      end++;
    }
    int start = snippetStart(code, cursor);
    String snippet = code.substring(start, end);
    List<Documentation> found = documentation(snippet);
    if (found.isEmpty()) {
      // A bare method name means nothing to the analysis until its call is opened.
      found = documentation(snippet + "(");
    }
    return found.stream().map(CodeAssist::text).distinct().collect(Collectors.joining("\n\n"));
  }

  private List<Documentation> documentation(String snippet) {
    return analysis.documentation(snippet, snippet.length(), true);
  }

  private static String text(Documentation found) {
    return found.javadoc() == null
        ? found.signature()
        : found.signature() + "\n" + plain(found.javadoc());
  }

  /// A doc comment without its HTML: front ends show an inspection as text.
  private static String plain(String javadoc) {
    return javadoc
        .replaceAll("\\{@(?:code|link|linkplain|literal)\\s+([^}]*)}", "$1")
        .replaceAll("(?i)<(?:p|br|li|/?pre|/?ul|/?ol)\\b[^>]*>", "\n")
        .replaceAll("<[^>]*>", "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
        .replaceAll("\n\\s*\n\\s*", "\n\n")
        .indent(2)
        .stripTrailing();
  }

  /// One of the kernel's answers, or the indentation of the next line.
  String isComplete(String code) {
    String rest = code.strip();
    while (!rest.isEmpty()) {
      if (rest.startsWith("%")) {
        rest = rest.lines().skip(1).collect(Collectors.joining("\n")).strip();
        continue;
      }
      var info = analysis.analyzeCompletion(rest);
      switch (info.completeness()) {
        case UNKNOWN -> {
          return BaseKernel.IS_COMPLETE_BAD;
        }
        case DEFINITELY_INCOMPLETE, CONSIDERED_INCOMPLETE -> {
          return indentAfter(code);
        }
        case EMPTY -> rest = "";
        default -> rest = info.remaining().strip();
      }
    }
    return BaseKernel.IS_COMPLETE_YES;
  }

  private static String indentAfter(String code) {
    String line = code.lines().reduce("", (a, b) -> b);
    String indent = line.substring(0, line.length() - line.stripLeading().length());
    boolean opens = Stream.of("{", "(", "->").anyMatch(line.stripTrailing()::endsWith);
    return opens ? indent + INDENT : indent;
  }

  /// Where the snippet that holds the cursor begins: the analysis looks at one snippet at a time.
  private int snippetStart(String code, int cursor) {
    int start = 0;
    while (start < cursor) {
      if (code.startsWith("%", start)) {
        int end = code.indexOf('\n', start);
        if (end < 0 || end >= cursor) {
          return start;
        }
        start = end + 1;
        continue;
      }
      var info = analysis.analyzeCompletion(code.substring(start));
      boolean more =
          info.completeness() == Completeness.COMPLETE
              || info.completeness() == Completeness.COMPLETE_WITH_SEMI;
      int end = code.length() - (more ? info.remaining().length() : 0);
      if (!more || end >= cursor || end <= start) {
        return start;
      }
      start = end;
      while (start < cursor && Character.isWhitespace(code.charAt(start))) {
        start++;
      }
    }
    return start;
  }
}
