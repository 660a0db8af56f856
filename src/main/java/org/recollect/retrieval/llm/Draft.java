package org.recollect.retrieval.llm;

import dev.langchain4j.model.output.FinishReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.recollect.model.Tokenizer;

/// A reply that is being written, token by token, up to the first of some strings. Mutable.
final class Draft {
  private final Tokenizer tokenizer;
  private final int promptTokens;
  private final List<String> stops;
  private final List<Reply.Token> tokens = new ArrayList<>();

  /// How long the text was before each token.
  private final List<Integer> starts = new ArrayList<>();

  private int[] ids = {};
  private String text = "";

  /// @param stops not part of the reply; none may be empty
  Draft(Tokenizer tokenizer, int promptTokens, List<String> stops) {
    this.tokenizer = tokenizer;
    this.promptTokens = promptTokens;
    this.stops = stops;
  }

  void add(int token, double logProbability) {
    starts.add(text.length());
    tokens.add(new Reply.Token(tokenizer.decode(token), logProbability));
    ids = Arrays.copyOf(ids, ids.length + 1);
    ids[ids.length - 1] = token;
    // Of all tokens at once, since a character may be spread over several.
    text = tokenizer.decode(ids);
  }

  int length() {
    return ids.length;
  }

  boolean stopped() {
    return end() < text.length();
  }

  private int end() {
    return stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(text.length());
  }

  /// The text before the first stop with the tokens that begin there; the others were written too
  /// and are counted.
  Reply reply(FinishReason finish) {
    int end = end();
    int kept = (int) starts.stream().filter(start -> start < end).count();
    return new Reply(
        text.substring(0, end),
        finish,
        OptionalInt.of(promptTokens),
        OptionalInt.of(ids.length),
        tokens.subList(0, kept));
  }
}
