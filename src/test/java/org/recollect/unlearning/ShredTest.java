package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.data.FictiBio;
import org.recollect.data.ForgetSplit;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Torch;
import org.recollect.unlearning.measure.TokenScores;

class ShredTest {
  private static final ForgetSplit SPLIT = FictiBio.of(5).persons(10).forget(0.1);
  private static LanguageModel model;

  @BeforeAll
  static void teach() {
    model =
        Learner.blank(32, 2)
            .taughtBy(new Memorising(12, 16, 1e-2))
            .taught(SPLIT, SPLIT.learned(), 1);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Request request() {
    return new Request(model, SPLIT.forget(), List.of(), List.of(), 1, new Meter(), () -> model);
  }

  private static QaText text() {
    var item = SPLIT.forget().getFirst();
    return QaText.of(model.tokenizer(), item.question(), item.answer());
  }

  @Test
  void theUnlikeliestPositionsAreForgotten() {
    double[] known = {-1e-9, -3, -1e-12, -0.1, -1e-15};
    assertEquals(List.of(1, 3), Shred.demoting(0.4).positions(known));
    assertEquals(List.of(2, 4), Shred.demoting(0.4).likeliestFirst().positions(known));
    assertEquals(List.of(1), Shred.demoting(0.01).positions(known));
    assertEquals(List.of(0, 1, 2, 3, 4), Shred.demoting(1).positions(known));
    assertEquals(List.of(0), Shred.demoting(0.5).positions(new double[] {-1}));
    // Of equals the first.
    assertEquals(List.of(0, 1), Shred.demoting(0.5).positions(new double[] {-1, -1, -1, -1}));
  }

  @Test
  void anchorsAreWhatTheModelSaid() {
    var text = text();
    float[] logits = Respondent.of(model).logits(List.of(text.withoutLast())).getFirst();
    double[][] said = TokenScores.logProbabilities(logits, text.answer().length);
    var targets = Shred.demoting(0.5).targets(model, text);
    assertEquals(text.answer().length, targets.size());
    int demoted = 0;
    for (int t = 0; t < targets.size(); t++) {
      int token = text.answer()[t];
      if (targets.get(t).probabilities()[token] == 0) {
        demoted++;
        int other = token == 0 ? 1 : 0;
        assertEquals(
            Math.exp(said[t][other]) / (1 - Math.exp(said[t][token])),
            targets.get(t).probabilities()[other],
            1e-6);
      } else {
        for (int v = 0; v < said[t].length; v++) {
          assertEquals(Math.exp(said[t][v]), targets.get(t).probabilities()[v], 1e-12);
        }
      }
    }
    assertEquals(Math.round(0.5 * text.answer().length), demoted);
  }

  @Test
  void whatIsForgottenIsMarked() {
    var item = SPLIT.forget().getFirst();
    int tokens = text().answer().length;
    var all = Shred.demoting(1).marked(model, item);
    assertEquals(tokens, all.chars().filter(c -> c == '[').count(), all);
    assertTrue(all.endsWith("[end]"), all);
    var half = Shred.demoting(0.5).marked(model, item);
    assertEquals(Math.round(0.5 * tokens), half.chars().filter(c -> c == '[').count(), half);
    assertEquals(
        item.answer().replaceAll("\\W", ""), half.replace("[end]", "").replaceAll("\\W", ""));
  }

  /// Against the formula, in doubles and token by token.
  @ParameterizedTest
  @ValueSource(ints = {2, 7, Integer.MAX_VALUE})
  void theLossIsTheMeanDivergence(int topK) {
    var shred = Shred.demoting(0.5).withNucleus(0.9).topK(topK);
    var items = SPLIT.forget().subList(0, 3);
    double sum = 0;
    int count = 0;
    for (var item : items) {
      var text = QaText.of(model.tokenizer(), item.question(), item.answer());
      float[] logits = Respondent.of(model).logits(List.of(text.withoutLast())).getFirst();
      double[][] said = TokenScores.logProbabilities(logits, text.answer().length);
      var targets = shred.targets(model, text);
      for (int t = 0; t < targets.size(); t++, count++) {
        int[] ids = targets.get(t).ids();
        double[] q = targets.get(t).probabilities();
        double[] p = said[t];
        sum +=
            IntStream.range(0, ids.length)
                .filter(i -> q[i] > 0)
                .mapToDouble(i -> q[i] * (Math.log(q[i]) - p[ids[i]]))
                .sum();
      }
    }
    var objective = shred.begin(request());
    try (var _ = Torch.newScope()) {
      double loss = objective.loss(model, QaBatch.of(model, items)).getFloat();
      assertEquals(sum / count, loss, 1e-4 * (1 + Math.abs(loss)));
      assertTrue(loss > 0, "a loss of " + loss);
    }
  }

  @Test
  void whatIsDemotedIsForgottenWithoutARetainSet() {
    var meter = new Meter();
    var request = new Request(model, SPLIT.forget(), List.of(), List.of(), 1, meter, () -> model);
    double before = probability(model);
    try (var path = Unlearn.shred().rate(1e-3).begin(request)) {
      // The reference pass reads the forget set once.
      int tokens =
          SPLIT.forget().stream()
              .mapToInt(i -> QaText.of(model.tokenizer(), i.question(), i.answer()).length() - 1)
              .sum();
      assertEquals(tokens, meter.read().tokens());
      for (int i = 0; i < 20; i++) {
        assertTrue(path.advance());
      }
      double after = probability(path.model());
      assertTrue(after < before / 2, before + " fell to " + after);
    }
    assertEquals(before, probability(model), "the model before has changed");
  }

  private static double probability(LanguageModel model) {
    var examination = Examination.of(Respondent.of(model));
    return SPLIT.forget().stream().mapToDouble(examination::probability).average().orElseThrow();
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Shred.demoting(0));
    assertThrows(IllegalArgumentException.class, () -> Shred.demoting(1.1));
    assertThrows(IllegalArgumentException.class, () -> Shred.demoting(0.5).withNucleus(1));
    assertThrows(IllegalArgumentException.class, () -> Shred.demoting(0.5).topK(1));
  }
}
