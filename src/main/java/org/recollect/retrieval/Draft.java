package org.recollect.retrieval;

import java.util.Arrays;
import java.util.List;

/// What a model says from memory, token by token, before anything is fetched.
///
/// @param text of the answer
/// @param tokens of the answer, as text, without its end
/// @param probabilities of these tokens and of the end, as the model saw them, 0 to 1; one more
///   than tokens where the answer came to its end
/// @param entropies of the distributions that they were taken from, in nats; as many, or none where
///   the model does not give them
public record Draft(String text, List<String> tokens, double[] probabilities, double[] entropies) {
  /// Nothing was said.
  static final Draft NOTHING = new Draft("", List.of(), new double[0], new double[0]);

  /// The probability of the whole answer: the product over its tokens.
  public double probability() {
    return Arrays.stream(probabilities).reduce(1, (a, b) -> a * b);
  }

  /// The probability of its least likely token.
  public double leastProbability() {
    return Arrays.stream(probabilities).min().orElse(0);
  }
}
