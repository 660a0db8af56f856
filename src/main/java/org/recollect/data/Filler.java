package org.recollect.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.recollect.data.RecallItem.Part;
import org.recollect.tensor.RandomStream;

/// Lines of a corpus to hide pairs between: runs of consecutive lines from random places, without
/// blank ones and without any that could be taken for a pair.
///
/// @param counter how many tokens a text has
record Filler(Optional<Corpus> corpus, ToIntFunction<String> counter, RandomStream random) {
  /// After so many lines that do not fit, the rest of the room stays empty.
  private static final int PATIENCE = 16;

  /// A line of the context; its text begins with the line break.
  record Line(Part part, String text, int tokens) {
    static Line of(Part part, String text, ToIntFunction<String> counter) {
      return new Line(part, text, counter.applyAsInt(text));
    }
  }

  /// As many lines as have at most this many tokens in all; none without a corpus.
  List<Line> lines(int tokens) {
    var lines = new ArrayList<Line>();
    int left = corpus.isEmpty() ? 0 : tokens;
    int misfits = 0;
    while (left > 0 && misfits < PATIENCE) {
      var run = run();
      for (int i = 0; i < run.size() && left > 0 && misfits < PATIENCE; i++) {
        var line = Line.of(Part.FILLER, "\n" + run.get(i).stripTrailing(), counter);
        if (line.tokens() <= left) {
          lines.add(line);
          left -= line.tokens();
        } else {
          misfits++;
        }
      }
      misfits += run.isEmpty() ? 1 : 0;
    }
    return lines;
  }

  /// The usable lines of a random document from a random one on.
  private List<String> run() {
    var document = random.pick(corpus.orElseThrow().documents());
    var usable = document.text().lines().filter(Filler::usable).toList();
    return usable.isEmpty() ? usable : usable.subList(random.nextInt(usable.size()), usable.size());
  }

  private static boolean usable(String line) {
    var text = line.strip();
    return !text.isEmpty() && !(text.startsWith("//") && statesAKey(text));
  }

  private static boolean statesAKey(String comment) {
    var words = comment.split("\\s+", 3);
    return words.length > 1 && Recall.KEYS.contains(words[1]);
  }
}
