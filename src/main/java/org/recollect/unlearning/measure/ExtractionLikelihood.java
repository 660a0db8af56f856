package org.recollect.unlearning.measure;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.recollect.lab.Measure;

/// How much of a text an attacker gets who has any of its beginnings (Jang et al., "Knowledge
/// Unlearning for Mitigating Privacy Risks in Language Models", 2022, arXiv:2210.01504, equation
/// 1): `EL_n = mean_t overlap_n(f(x_<t), x_>=t)`, where `f` continues the prefix greedily and
/// `overlap_n(a, b)` is the share of `a`'s n-grams that occur in `b`.
///
/// From 0 to 1; a text counts as forgotten when this and [ExactMemorisation] are at most their mean
/// on texts never seen. The survey of digital forgetting takes `n = 3`.
public final class ExtractionLikelihood {
  public static final Measure MEASURE =
      Measure.lower("extraction likelihood", "")
          .range(0, 1)
          .digits(3)
          .formula("share of a continuation's n-grams that occur in the rest, mean of prefixes");

  private ExtractionLikelihood() {}

  /// What a model says after the first tokens of a text.
  ///
  /// @param prefix how many tokens of the text it was given
  /// @param tokens what it generated after them
  public record Continuation(int prefix, int... tokens) {}

  /// The mean overlap of continuations, whether of every prefix or of some.
  ///
  /// @param text all its tokens
  /// @throws IllegalArgumentException if there is no continuation, or the rest of the text after a
  ///   prefix is shorter than `n`
  public static double of(int n, int[] text, List<Continuation> continuations) {
    Given.some("continuations", continuations);
    double sum = 0;
    for (var continuation : continuations) {
      int prefix = continuation.prefix;
      if (prefix < 0 || prefix > text.length - n) {
        throw new IllegalArgumentException(
            "After %d tokens a text of %d has no %d-gram: take prefixes of 0 to %d tokens."
                .formatted(prefix, text.length, n, text.length - n));
      }
      sum += overlap(n, continuation.tokens, Arrays.copyOfRange(text, prefix, text.length));
    }
    return sum / continuations.size();
  }

  /// The share of n-grams of a continuation that occur in the rest; 0 for a continuation too short
  /// to have any.
  public static double overlap(int n, int[] continuation, int[] rest) {
    var grams = grams(n, continuation);
    var known = new HashSet<>(grams(n, rest));
    long found = grams.stream().filter(known::contains).count();
    return grams.isEmpty() ? 0 : found / (double) grams.size();
  }

  private static List<List<Integer>> grams(int n, int[] tokens) {
    return NGrams.of(n, Arrays.stream(tokens).boxed().toList());
  }
}
