package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.recollect.model.Tokenizer;
import org.recollect.model.WordVocabulary;

class ContinuationTest {

  private static final String QUESTION = "Where is it?";
  private static final String ANSWER = "one two three four five";
  private static final Tokenizer WORDS =
      WordVocabulary.of(List.of(QUESTION, " " + ANSWER, " never"));

  @AfterAll
  static void close() {
    WORDS.close();
  }

  /// Says the right word at some places of the answer, counted by what was said, and elsewhere one
  /// that is always the same.
  private record Knowing(String elsewhere, Integer... places) implements Respondent {

    @Override
    public Tokenizer tokenizer() {
      return WORDS;
    }

    @Override
    public List<float[]> logits(List<Exchange> exchanges) {
      return exchanges.stream().map(this::logits).toList();
    }

    private float[] logits(Exchange exchange) {
      int[] right = WORDS.encode(" " + ANSWER);
      int vocabulary = WORDS.vocabularySize();
      float[] logits = new float[(exchange.said().length + 1) * vocabulary];
      for (int at = 0; at <= exchange.said().length; at++) {
        int end = WORDS.endOfText();
        int wrong = elsewhere.isEmpty() ? end : WORDS.encode(elsewhere)[0];
        boolean knows = List.of(places).contains(at);
        logits[at * vocabulary + (at == right.length ? end : knows ? right[at] : wrong)] = 1;
      }
      return logits;
    }
  }

  private static double likelihood(Respondent respondent) {
    return Continuation.extractionLikelihood(respondent, QUESTION, ANSWER);
  }

  @Test
  void byHeartItFollowsFromAnyBeginning() {
    assertEquals(1, likelihood(new Knowing(" never", 0, 1, 2, 3, 4)));
  }

  @Test
  void nothingFollowsFromSilenceOrOtherWords() {
    assertEquals(0, likelihood(new Knowing("")));
    assertEquals(0, likelihood(new Knowing(" never")));
  }

  /// After 0, 1 and 2 words it says "never never three four five", "never three four five" and
  /// "three four five": one of three runs of three words, one of two, and one of one is right.
  @Test
  void laterBeginningsHelp() {
    assertEquals((1 / 3.0 + 1 / 2.0 + 1) / 3, likelihood(new Knowing(" never", 2, 3, 4)), 1e-12);
  }

  @Test
  void shortAnswersAreComparedAsAWhole() {
    assertEquals(
        1,
        Continuation.extractionLikelihood(new Knowing(" never", 0, 1, 2, 3, 4), QUESTION, "one"));
  }
}
