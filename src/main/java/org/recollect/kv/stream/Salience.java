package org.recollect.kv.stream;

import java.util.Arrays;
import java.util.List;

/// How much a visual token is worth keeping while no question is known, from about -1 to 1.
public sealed interface Salience {

  /// The saliences of a frame.
  ///
  /// @param before the frame before it, or itself where it is the first
  /// @return `[cells]`
  double[] of(TokenGrid frame, TokenGrid before, Lexicon lexicon);

  /// How arms with it are called.
  String name();

  /// The largest cosine with a word of questions that could be asked of anything: what is there,
  /// how many, what happens, what changes, where.
  static Bank generic() {
    return new Bank(
        "semantic",
        List.of(
            "what object is there",
            "how many are there",
            "what happened",
            "what changed",
            "where is each object"));
  }

  /// The same about something else than the questions will be about.
  static Bank misled() {
    return new Bank("misled prior", List.of("what background is there", "what changed"));
  }

  /// A fixed bank of questions.
  ///
  /// @param questions words of the encoder's vocabulary, parted by spaces
  record Bank(String name, List<String> questions) implements Salience {
    public Bank {
      questions = List.copyOf(questions);
    }

    @Override
    public double[] of(TokenGrid frame, TokenGrid before, Lexicon lexicon) {
      var words = questions.stream().flatMap(q -> Arrays.stream(q.split(" "))).distinct().toList();
      return lexicon.phrase(words).largest(frame.vectors());
    }
  }

  /// Nothing is known: 0 for every token.
  record None() implements Salience {
    @Override
    public double[] of(TokenGrid frame, TokenGrid before, Lexicon lexicon) {
      return new double[frame.cells()];
    }

    @Override
    public String name() {
      return "similarity only";
    }
  }

  /// What looks different: half the distance to the frame before, 0 to 1.
  record Change() implements Salience {
    @Override
    public double[] of(TokenGrid frame, TokenGrid before, Lexicon lexicon) {
      return Arrays.stream(frame.distances(before)).map(distance -> distance / 2).toArray();
    }

    @Override
    public String name() {
      return "change prior";
    }
  }
}
