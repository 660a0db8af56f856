package org.recollect.retrieval;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What a model says from memory, token by token, before anything is fetched.
///
/// @param text of the answer
/// @param tokens of the answer, as text with the spaces that belong to them, without its end
/// @param probabilities of these tokens and of the end, as the model saw them, 0 to 1; one more
///   than tokens where the answer came to its end
/// @param entropies of the distributions that they were taken from, in nats; as many, or none where
///   the model does not give them
/// @param attention where the model attended; empty where it does not say
public record Draft(
    String text,
    List<String> tokens,
    double[] probabilities,
    double[] entropies,
    Optional<DraftAttention> attention) {
  /// Nothing was said.
  static final Draft NOTHING = new Draft("", List.of(), new double[0], new double[0]);

  /// What a model says that does not tell where it attended.
  public Draft(String text, List<String> tokens, double[] probabilities, double[] entropies) {
    this(text, tokens, probabilities, entropies, Optional.empty());
  }

  /// The probability of the whole answer: the product over its tokens.
  public double probability() {
    return Arrays.stream(probabilities).reduce(1, (a, b) -> a * b);
  }

  /// The probability of its least likely token.
  public double leastProbability() {
    return Arrays.stream(probabilities).min().orElse(0);
  }
}
