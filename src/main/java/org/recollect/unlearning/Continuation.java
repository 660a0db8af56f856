package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recollect.model.Sampling;
import org.recollect.unlearning.measure.ExtractionLikelihood;

/// How a respondent goes on when it is given the beginning of an answer, for every beginning.
final class Continuation {

  /// Neighbouring tokens that are compared: those of the survey of digital forgetting.
  private static final int N = 3;

  private Continuation() {}

  /// The [ExtractionLikelihood] of an answer, its beginnings being those of the answer alone,
  /// behind the whole question. Answers of fewer than three tokens are compared as a whole.
  static double extractionLikelihood(Respondent respondent, String question, String answer) {
    var text = QaText.of(respondent.tokenizer(), question, answer);
    int[] gold = Arrays.copyOf(text.answer(), text.answer().length - 1);
    int n = Math.min(N, gold.length);
    var beginnings = new ArrayList<Exchange>();
    for (int given = 0; given <= gold.length - n; given++) {
      beginnings.add(new Exchange(text.question(), Arrays.copyOf(gold, given)));
    }
    var ends = continued(respondent, beginnings, gold.length);
    var continuations = new ArrayList<ExtractionLikelihood.Continuation>();
    for (int given = 0; given < ends.size(); given++) {
      int[] said = ends.get(given).said();
      continuations.add(
          new ExtractionLikelihood.Continuation(
              given, Arrays.copyOfRange(said, given, said.length)));
    }
    return ExtractionLikelihood.of(n, gold, continuations);
  }

  /// Each goes on with the likeliest token until the text ends or has so many tokens.
  private static List<Exchange> continued(
      Respondent respondent, List<Exchange> beginnings, int tokens) {
    var exchanges = new ArrayList<>(beginnings);
    var open = new ArrayList<Integer>();
    for (int i = 0; i < exchanges.size(); i++) {
      open.add(i);
    }
    while (!open.isEmpty()) {
      var logits = respondent.logits(open.stream().map(exchanges::get).toList());
      var still = new ArrayList<Integer>();
      for (int i = 0; i < open.size(); i++) {
        var exchange = exchanges.get(open.get(i));
        int next = likeliest(logits.get(i), exchange.said().length + 1);
        if (next != respondent.tokenizer().endOfText()) {
          exchanges.set(open.get(i), exchange.and(next));
          if (exchange.said().length + 1 < tokens) {
            still.add(open.get(i));
          }
        }
      }
      open = still;
    }
    return exchanges;
  }

  /// @param logits row after row, of which the last counts
  private static int likeliest(float[] logits, int rows) {
    int vocabulary = logits.length / rows;
    return Sampling.greedy()
        .choose(Arrays.copyOfRange(logits, logits.length - vocabulary, logits.length));
  }
}
