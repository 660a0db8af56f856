package org.recollect.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.recollect.data.Filler.Line;
import org.recollect.data.RecallItem.Part;
import org.recollect.tensor.RandomStream;

/// Lines of a corpus among which statements are hidden.
///
/// @param filler where the other lines come from; empty for none
/// @param counter how many tokens a text has
record Haystack(Optional<Corpus> filler, ToIntFunction<String> counter, RandomStream random) {

  /// A line to be hidden, which begins with its line break.
  ///
  /// @param place where it belongs among the filler, 0 to 1
  interface Statement {
    String line();

    double place();
  }

  /// Puts each statement where its share of the filler has passed; of two at one place, the one
  /// listed first.
  ///
  /// @param room tokens of the filler
  List<Line> hide(List<? extends Statement> statements, int room) {
    var lines = new Filler(filler, counter, random).lines(room);
    var waiting = new ArrayDeque<Statement>();
    statements.stream().sorted(Comparator.comparingDouble(Statement::place)).forEach(waiting::add);
    int all = lines.stream().mapToInt(Line::tokens).sum();
    int passed = 0;
    var context = new ArrayList<Line>();
    for (Line line : lines) {
      while (!waiting.isEmpty() && waiting.peek().place() * all <= passed) {
        context.add(Line.of(Part.PAIR, waiting.poll().line(), counter));
      }
      context.add(line);
      passed += line.tokens();
    }
    waiting.forEach(each -> context.add(Line.of(Part.PAIR, each.line(), counter)));
    return context;
  }

  /// The share of the other tokens of a context that stand before a statement.
  static double depth(String statement, List<Line> context) {
    int before = 0;
    int after = 0;
    boolean passed = false;
    for (Line line : context) {
      if (line.part() == Part.PAIR && line.text().equals(statement)) {
        passed = true;
      } else if (passed) {
        after += line.tokens();
      } else {
        before += line.tokens();
      }
    }
    return before + after == 0 ? 0 : (double) before / (before + after);
  }
}
