package org.recollect.data;

import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Questions in three parts that share none: roles and models are trained on the first, thresholds
/// are chosen on the second, and results are reported on the third. Where questions are about
/// entities, no entity is asked about in two parts.
///
/// @param name as captions show it
public record QuestionSet(
    String name, List<OpenQuestion> train, List<OpenQuestion> validation, List<OpenQuestion> test) {

  public QuestionSet {
    train = List.copyOf(train);
    validation = List.copyOf(validation);
    test = List.copyOf(test);
    if (test.isEmpty()) {
      throw new IllegalArgumentException(
          "The questions '%s' have none to test with: give at least one.".formatted(name));
    }
    var ids = new HashSet<String>();
    Stream.of(train, validation, test)
        .flatMap(List::stream)
        .forEach(question -> {
          if (!ids.add(question.id())) {
            throw new IllegalArgumentException(
                "The questions '%s' have the id '%s' twice: parts must not share any, rename or remove one."
                    .formatted(name, question.id()));
          }
        });
  }

  /// Questions in parts by the hash of their ids, about 80, 10 and 10 percent; see [Split].
  ///
  /// @throws IllegalArgumentException when none falls into the part to test with
  public static QuestionSet of(String name, List<OpenQuestion> questions) {
    return new QuestionSet(
        name,
        part(questions, OpenQuestion::id, Split.TRAIN),
        part(questions, OpenQuestion::id, Split.VALIDATION),
        part(questions, OpenQuestion::id, Split.TEST));
  }

  /// The same by the hash of what they are about, so that no subject is in two parts.
  ///
  /// @throws IllegalArgumentException when none falls into the part to test with
  public static QuestionSet bySubject(String name, List<OpenQuestion> questions) {
    return new QuestionSet(
        name,
        part(questions, OpenQuestion::subject, Split.TRAIN),
        part(questions, OpenQuestion::subject, Split.VALIDATION),
        part(questions, OpenQuestion::subject, Split.TEST));
  }

  private static List<OpenQuestion> part(
      List<OpenQuestion> questions, Function<OpenQuestion, String> by, Split split) {
    return questions.stream().filter(each -> Split.of(by.apply(each)) == split).toList();
  }

  /// Those of each part that pass.
  ///
  /// @throws IllegalArgumentException when none is left to test with
  public QuestionSet only(Predicate<OpenQuestion> wanted) {
    return new QuestionSet(
        name,
        train.stream().filter(wanted).toList(),
        validation.stream().filter(wanted).toList(),
        test.stream().filter(wanted).toList());
  }

  /// SHA-256 of all questions and their parts, in lower-case hexadecimal.
  public String digest() {
    var digest = new TextDigest();
    for (var part : List.of(train, validation, test)) {
      digest.number(part.size());
      part.forEach(question -> question.addTo(digest));
    }
    return digest.hex();
  }

  @Override
  public String toString() {
    return "%s: %,d questions to train on, %,d to choose by, %,d to test with"
        .formatted(name, train.size(), validation.size(), test.size());
  }
}
