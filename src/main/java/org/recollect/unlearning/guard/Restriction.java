package org.recollect.unlearning.guard;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.recollect.data.QaItem;
import org.recollect.model.Tokenizer;
import org.recollect.unlearning.Exchange;
import org.recollect.unlearning.measure.Words;

/// What must not be said in answer to one prompt, and how logits are changed so that it is not.
///
/// A token that would complete a forbidden word is impossible (the *hard* match). A token that
/// would complete another word with nearly the same embedding loses a penalty (the *soft* match);
/// words of the question and stop words never do. The paper compares embeddings at every step; the
/// near words of a forbidden one are looked up beforehand here, which is the same for single words
/// and holds for any tokenizer (inferred).
///
/// @param words forbidden, in lower case; empty where matching is soft only
/// @param hard tokens of the forbidden words
/// @param soft tokens of words that are near to them
/// @param penalty what those lose, at least 0; infinity to filter them out
record Restriction(Set<String> words, Trie hard, Trie soft, double penalty) {

  /// @param delta cosine from which on words are near
  static Restriction of(
      QaItem item, Tokenizer tokenizer, WordVectors vectors, double delta, Matching matching) {
    var spelled = ForbiddenWords.of(item);
    var words = lower(spelled);
    var near = new LinkedHashSet<String>();
    if (matching.penalty() > 0) {
      near.addAll(vectors.near(words, delta));
      near.removeIf(ForbiddenWords::isStopWord);
      Words.of(item.question()).forEach(near::remove);
      near.addAll(spelled);
    }
    return new Restriction(
        matching.hard() ? words : Set.of(),
        Trie.of(matching.hard() ? ForbiddenWords.sequences(spelled, tokenizer) : List.of()),
        Trie.of(ForbiddenWords.sequences(near, tokenizer)),
        matching.penalty());
  }

  private static Set<String> lower(Set<String> words) {
    return words.stream()
        .map(ForbiddenWords::lower)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /// Which matches count.
  ///
  /// @param hard whether forbidden words are impossible
  /// @param penalty what near words lose, at least 0; 0 for none, infinity to filter them out
  record Matching(boolean hard, double penalty) {}

  /// The logits of an exchange with the restriction, `[said + 1][vocabulary]`.
  ///
  /// @param logits of the model `[said + 1][vocabulary]`; left as they are
  float[] on(Exchange exchange, float[] logits) {
    float[] changed = logits.clone();
    int vocabulary = logits.length / (exchange.said().length + 1);
    for (int row = 0; row <= exchange.said().length; row++) {
      int[] before = Arrays.copyOf(exchange.said(), row);
      for (int token : soft.completions(before)) {
        changed[row * vocabulary + token] -= (float) penalty;
      }
      for (int token : hard.completions(before)) {
        changed[row * vocabulary + token] = Float.NEGATIVE_INFINITY;
      }
    }
    return changed;
  }

  /// Whether a text says a forbidden word, whatever its tokens.
  boolean violatedBy(String text) {
    return Words.of(text).stream().anyMatch(words::contains);
  }
}
