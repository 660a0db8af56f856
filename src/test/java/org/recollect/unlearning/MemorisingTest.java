package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.data.FictiBio;
import org.recollect.data.QaItem;
import org.recollect.model.BytePairTrainer;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.model.Tokenizer;
import org.recollect.unlearning.measure.AnswerProbability;

class MemorisingTest {

  private static final List<QaItem> ITEMS = FictiBio.of(3).persons(10).forget(0.1).forget();
  private static final List<QaItem> OTHERS = FictiBio.of(3).persons(10).forget(0.1).holdout();

  private static Tokenizer tokenizer() {
    var texts = ITEMS.stream().map(item -> item.question() + " " + item.answer()).toList();
    return BytePairTrainer.train(texts, 300);
  }

  private static LanguageModel model() {
    return Models.random(
        new ModelConfig(300, 32, 48, 2, 2, 1, 16, 10_000, 1e-5, 128, true), tokenizer(), 1);
  }

  private static double probability(LanguageModel model, List<QaItem> items) {
    var respondent = Respondent.of(model);
    return items.stream()
        .mapToDouble(
            item -> AnswerProbability.of(respondent.scores(item.question(), item.answer())))
        .average()
        .orElseThrow();
  }

  @Test
  void whatWasTaughtIsKnownAndNothingElse() {
    try (var model = model()) {
      double before = probability(model, ITEMS);
      new Memorising(150, 4, 1e-2).teach(model, ITEMS, 1);
      double known = probability(model, ITEMS);
      assertTrue(known > 0.9, before + " before, " + known + " after");
      assertTrue(probability(model, OTHERS) < known - 0.2);
      var item = ITEMS.getFirst();
      assertEquals(item.answer(), Respondent.of(model).respond(item.question(), 60));
    }
  }

  @Test
  void aSeedFixesTheWeights() {
    var digests =
        List.of(1L, 1L, 2L).stream()
            .map(seed -> {
              try (var model = model()) {
                new Memorising(2, 3, 1e-3).teach(model, ITEMS, seed);
                return model.weights().digest();
              }
            })
            .toList();
    assertEquals(digests.get(0), digests.get(1));
    assertTrue(!digests.get(0).equals(digests.get(2)));
  }

  /// Only the tokens of answers count, ends of text among them, and filling never does.
  @Test
  void theLossCountsAnswers() {
    try (var model = model()) {
      var tokenizer = model.tokenizer();
      var items = List.of(ITEMS.get(0), ITEMS.get(3));
      var batch = QaBatch.batch(tokenizer, 128, items);
      for (int row = 0; row < 2; row++) {
        var text = QaText.of(tokenizer, items.get(row).question(), items.get(row).answer());
        int[] tokens = text.tokens();
        int counted = 0;
        for (int i = 0; i < batch.length(); i++) {
          int at = row * batch.length() + i;
          if (batch.weights()[at] > 0) {
            assertEquals(text.answer()[counted], batch.targets()[at]);
            assertEquals(tokens[text.question().length + counted - 1], batch.inputs()[at]);
            counted++;
          }
        }
        assertEquals(text.answer().length, counted, "row " + row);
        assertEquals(tokenizer.endOfText(), text.answer()[counted - 1]);
        assertArrayEquals(tokenizer.encode(items.get(row).question()), text.question());
      }
    }
  }

  @Test
  void nothingAndTooMuchAreRefused() {
    try (var model = model()) {
      assertThrows(
          IllegalArgumentException.class, () -> Memorising.byHeart().teach(model, List.of(), 1));
      var endless = new QaItem("x", "what is it", "word ".repeat(200).strip());
      assertThrows(
          IllegalArgumentException.class,
          () -> Memorising.byHeart().teach(model, List.of(endless), 1));
    }
    assertThrows(IllegalArgumentException.class, () -> new Memorising(0, 1, 1e-3));
  }
}
