package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recollect.model.LanguageModel;
import org.recollect.model.Sampling;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.unlearning.measure.TokenScores;

/// Whoever answers questions, before forgetting or after it: a model, or a guard that stands before
/// one and changes what it predicts.
///
/// A question with its answer is one text: the tokens of the question, those of the answer with a
/// space before it, and the end of text.
public interface Respondent {

  /// What texts are cut into.
  Tokenizer tokenizer();

  /// What is predicted behind each question and behind each token said.
  ///
  /// @return for each exchange logits, row after row `[said + 1][vocabulary]`; negative infinity
  ///   for what may not be said
  List<float[]> logits(List<Exchange> exchanges);

  /// A model that answers for itself; not owned.
  static Respondent of(LanguageModel model) {
    return new Unguarded(model);
  }

  /// An answer to be scored.
  record Answered(String question, String answer) {}

  /// How likely answers are, token by token, each predicted from the true ones before it. The last
  /// token of each is the end of text; see [TokenScores#withoutEnd].
  default List<TokenScores> scores(List<Answered> answers) {
    var texts =
        answers.stream().map(each -> QaText.of(tokenizer(), each.question, each.answer)).toList();
    var logits = logits(texts.stream().map(QaText::withoutLast).toList());
    var scores = new ArrayList<TokenScores>();
    for (int i = 0; i < texts.size(); i++) {
      scores.add(TokenScores.ofLogits(logits.get(i), texts.get(i).answer()));
    }
    return List.copyOf(scores);
  }

  /// How likely one answer is.
  default TokenScores scores(String question, String answer) {
    return scores(List.of(new Answered(question, answer))).getFirst();
  }

  /// An answer, token by token, up to the end of text.
  ///
  /// @param tokens how many at most
  default String respond(String question, int tokens, Sampling sampling) {
    var exchange = Exchange.ask(tokenizer(), question);
    for (int i = 0; i < tokens; i++) {
      float[] logits = logits(List.of(exchange)).getFirst();
      int vocabulary = logits.length / (exchange.said().length + 1);
      int next =
          sampling.choose(Arrays.copyOfRange(logits, logits.length - vocabulary, logits.length));
      if (next == tokenizer().endOfText()) {
        break;
      }
      exchange = exchange.and(next);
    }
    return tokenizer().decode(exchange.said()).strip();
  }

  /// The likeliest answer, token by token.
  default String respond(String question, int tokens) {
    return respond(question, tokens, Sampling.greedy());
  }

  /// A model without a guard.
  record Unguarded(LanguageModel model) implements Respondent {

    /// Texts that are read together.
    private static final int ROWS = 64;

    @Override
    public Tokenizer tokenizer() {
      return model.tokenizer();
    }

    @Override
    public List<float[]> logits(List<Exchange> exchanges) {
      var logits = new ArrayList<float[]>();
      for (int from = 0; from < exchanges.size(); from += ROWS) {
        logits.addAll(together(exchanges.subList(from, Math.min(from + ROWS, exchanges.size()))));
      }
      return logits;
    }

    /// Shorter texts are filled up behind: what follows changes no prediction before it.
    private List<float[]> together(List<Exchange> exchanges) {
      var texts = exchanges.stream().map(Exchange::tokens).toList();
      int length = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
      int[] ids = new int[texts.size() * length];
      for (int row = 0; row < texts.size(); row++) {
        System.arraycopy(texts.get(row), 0, ids, row * length, texts.get(row).length);
      }
      float[] all;
      try (var _ = Torch.newScope();
          var manager = Torch.manager()) {
        all = Memory.toFloats(model.forward(Memory.ofInts(manager, ids, texts.size(), length)));
      }
      int vocabulary = all.length / ids.length;
      var logits = new ArrayList<float[]>();
      for (int row = 0; row < texts.size(); row++) {
        int first = row * length + exchanges.get(row).question().length - 1;
        int behind = first + exchanges.get(row).said().length + 1;
        logits.add(Arrays.copyOfRange(all, first * vocabulary, behind * vocabulary));
      }
      return logits;
    }

    /// The same as from whole texts, with what was read kept in a cache.
    @Override
    public String respond(String question, int tokens, Sampling sampling) {
      return tokenizer()
          .decode(model.generate(tokenizer().encode(question), tokens, sampling))
          .strip();
    }
  }
}
