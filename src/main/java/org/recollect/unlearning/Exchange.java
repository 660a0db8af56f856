package org.recollect.unlearning;

import java.util.Arrays;
import org.recollect.model.Tokenizer;

/// A question that has been asked, and what has been said in answer so far, as tokens.
///
/// @param question at least one token
/// @param said may be empty
public record Exchange(int[] question, int... said) {

  public Exchange {
    if (question.length == 0) {
      throw new IllegalArgumentException("A question has at least one token: ask something.");
    }
  }

  /// A question that has not been answered yet.
  public static Exchange ask(Tokenizer tokenizer, String question) {
    return new Exchange(tokenizer.encode(question));
  }

  /// This exchange with one token more.
  public Exchange and(int token) {
    int[] more = Arrays.copyOf(said, said.length + 1);
    more[said.length] = token;
    return new Exchange(question, more);
  }

  /// All tokens in order.
  public int[] tokens() {
    int[] tokens = Arrays.copyOf(question, question.length + said.length);
    System.arraycopy(said, 0, tokens, question.length, said.length);
    return tokens;
  }
}
