package org.recollect.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.model.Sampling;

class DrafterTest {
  private static final String QUESTION = "Who is the mayor of Elmham?";

  private static LanguageModel model(long seed) {
    return Models.ofWords(List.of(QUESTION, " Ada Vane", " Bo Quill"), 48, 24, 2, 64, seed);
  }

  /// A draft's numbers are those of passes over the whole text so far.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void probabilitiesAreThoseOfAForwardPass(long seed) {
    try (var model = model(seed)) {
      var draft = new Drafter(model).answer(QUESTION);
      int[] text = model.tokenizer().encode(QUESTION);
      for (int i = 0; i < draft.probabilities().length; i++) {
        float[] logits = model.prefill(text, 1).logits();
        double[] expected = softmax(logits);
        assertEquals(Arrays.stream(expected).max().orElseThrow(), draft.probabilities()[i], 1e-5);
        double entropy = Arrays.stream(expected).map(p -> -p * Math.log(p)).sum();
        assertEquals(entropy, draft.entropies()[i], 1e-4);
        int next = Sampling.greedy().choose(logits);
        assertEquals(i == draft.tokens().size(), next == model.endOfText());
        text = IntStream.concat(IntStream.of(text), IntStream.of(next)).toArray();
      }
    }
  }

  private static double[] softmax(float[] logits) {
    double[] mass =
        IntStream.range(0, logits.length).mapToDouble(i -> Math.exp(logits[i])).toArray();
    double sum = Arrays.stream(mass).sum();
    return Arrays.stream(mass).map(each -> each / sum).toArray();
  }

  @Test
  void attentionIsADistributionOverWhatCameBefore() {
    try (var model = model(4)) {
      var draft = new Drafter(model).answer(QUESTION);
      var attention = draft.attention().orElseThrow();
      int asked = model.tokenizer().encode(QUESTION).length;
      assertEquals(asked, attention.asked());
      assertEquals(
          draft.tokens(), attention.tokens().subList(asked, asked + draft.tokens().size()));
      assertEquals(asked + draft.tokens().size() + 1, attention.weights().length);
      for (int row = 0; row < attention.weights().length; row++) {
        double[] weights = attention.weights()[row];
        assertEquals(1, Arrays.stream(weights).sum(), 1e-5);
        assertTrue(Arrays.stream(weights, row + 1, weights.length).allMatch(it -> it == 0));
      }
      assertEquals(0, attention.fromLater(attention.weights().length - 1));
    }
  }
}
