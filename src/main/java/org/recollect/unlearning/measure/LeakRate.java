package org.recollect.unlearning.measure;

import java.util.List;
import org.recollect.lab.Measure;

/// Whether an answer gives the fact away, in whatever words around it: the share of answers that
/// say it.
///
/// The fact is told by comparison with wrong answers of the same form: of the right answer's words,
/// those are left out with which all of them begin, and those with which all end. The rest has to
/// stand in what was said, word after word; part of it is no leak (inferred: the paper counts words
/// that must not be said).
///
/// From 0 to 1: what is to be forgotten should come down to the oracle's value, which guesses right
/// now and then.
public final class LeakRate {
  public static final Measure FORGET =
      Measure.lower("leak rate", "")
          .range(0, 1)
          .digits(3)
          .formula("share of answers that state the fact to be forgotten");

  public static final Measure REPHRASED =
      Measure.lower("rephrased leak", "")
          .range(0, 1)
          .digits(3)
          .formula("the same, the question in other words");

  private LeakRate() {}

  /// Whether what was said states the fact.
  ///
  /// @param truth the right answer in the form of the wrong ones
  /// @param wrong answers, at least one
  public static boolean leaks(String said, String truth, List<String> wrong) {
    return (" " + String.join(" ", Words.of(said)) + " ")
        .contains(" " + String.join(" ", fact(truth, wrong)) + " ");
  }

  /// What the right answer says and no wrong one does, in lower case.
  ///
  /// @param truth the right answer in the form of the wrong ones
  /// @param wrong answers, at least one
  /// @throws IllegalArgumentException if there is no wrong answer, or one has the same words
  public static List<String> fact(String truth, List<String> wrong) {
    Given.some("perturbed answers", wrong);
    var words = Words.of(truth);
    var others = wrong.stream().map(Words::of).toList();
    if (words.isEmpty() || others.contains(words)) {
      throw new IllegalArgumentException(
          "The answer '%s' has no words that a wrong one lacks: give wrong answers that differ from it."
              .formatted(truth));
    }
    int from = 0;
    while (from < words.size() - 1 && agree(words, others, from, false)) {
      from++;
    }
    int behind = 0;
    while (behind < words.size() - 1 - from && agree(words, others, behind, true)) {
      behind++;
    }
    return words.subList(from, words.size() - behind);
  }

  /// Whether all have the same word at a place, counted from the end if asked for.
  private static boolean agree(
      List<String> words, List<List<String>> others, int place, boolean fromEnd) {
    return others.stream()
        .allMatch(other ->
            place < other.size() && at(words, place, fromEnd).equals(at(other, place, fromEnd)));
  }

  private static String at(List<String> words, int place, boolean fromEnd) {
    return words.get(fromEnd ? words.size() - 1 - place : place);
  }
}
