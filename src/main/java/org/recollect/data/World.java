package org.recollect.data;

import java.util.List;
import java.util.Set;

/// What retrieval is studied on: passages, questions, and what a model has been told before. A
/// generated world is another one for each seed; the reader's own is always the same.
public interface World {

  /// What a seed makes of a world.
  ///
  /// @param library to search in
  /// @param questions to ask
  /// @param told texts that a model of this world is trained on, each as often as it reads it;
  ///   empty where models come trained
  record Drawn(Library library, QuestionSet questions, List<String> told) {
    public Drawn {
      told = List.copyOf(told);
    }
  }

  /// As captions show it.
  String name();

  /// The world of a seed: the same seed, the same world.
  Drawn at(long seed);

  /// SHA-256 of all that makes it what it is.
  String digest();

  /// What can be varied about it.
  default Set<String> knobs() {
    return Set.of();
  }

  /// The same with another value of a knob.
  ///
  /// @throws IllegalArgumentException if there is no such knob, or the value is out of its range
  default World with(String knob, double value) {
    throw new IllegalArgumentException(
        "'%s' has no knob '%s' to vary, only %s.".formatted(name(), knob, knobs()));
  }

  /// Passages and questions that are there already.
  static World of(Library library, QuestionSet questions) {
    return new Given(library, questions);
  }

  /// @param library to search in
  /// @param questions to ask
  record Given(Library library, QuestionSet questions) implements World {

    @Override
    public String name() {
      return questions.name() + " over " + library.name();
    }

    @Override
    public Drawn at(long seed) {
      return new Drawn(library, questions, List.of());
    }

    @Override
    public String digest() {
      return new TextDigest().add(library.digest()).add(questions.digest()).hex();
    }
  }
}
