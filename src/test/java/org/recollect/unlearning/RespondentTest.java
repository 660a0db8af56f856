package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.train.Batch;
import org.recollect.train.NextToken;

class RespondentTest {

  private static final LanguageModel MODEL = Models.nanoJava();
  private static final String QUESTION = "public final class";
  private static final String ANSWER = "String implements Comparable";

  @AfterAll
  static void close() {
    MODEL.close();
  }

  /// Behind a guard that forbids one token.
  private record Guard(Respondent inner, int forbidden) implements Respondent {
    @Override
    public Tokenizer tokenizer() {
      return inner.tokenizer();
    }

    @Override
    public List<float[]> logits(List<Exchange> exchanges) {
      var all = inner.logits(exchanges);
      for (int e = 0; e < all.size(); e++) {
        float[] logits = all.get(e);
        int vocabulary = logits.length / (exchanges.get(e).said().length + 1);
        for (int i = forbidden; i < logits.length; i += vocabulary) {
          logits[i] = Float.NEGATIVE_INFINITY;
        }
      }
      return all;
    }
  }

  @Test
  void scoresAreTheLossesOfTraining() {
    var respondent = Respondent.of(MODEL);
    var text = QaText.of(MODEL.tokenizer(), QUESTION, ANSWER);
    int[] asked = text.question();
    int[] said = text.answer();
    assertEquals(MODEL.endOfText(), said[said.length - 1]);
    int length = asked.length + said.length - 1;
    long[] inputs = new long[length];
    long[] targets = new long[length];
    for (int i = 0; i < length; i++) {
      inputs[i] = i < asked.length ? asked[i] : said[i - asked.length];
      targets[i] = i + 1 < asked.length ? asked[i + 1] : said[i + 1 - asked.length];
    }
    float[] losses;
    try (var _ = Torch.newScope()) {
      var batch = new Batch(1, length, inputs, targets, new float[length], List.of("text"));
      losses = Memory.toFloats(NextToken.losses(MODEL, batch));
    }
    var scores = respondent.scores(QUESTION, ANSWER);
    double[] expected = new double[said.length];
    for (int i = 0; i < said.length; i++) {
      expected[i] = -losses[asked.length - 1 + i];
    }
    assertArrayEquals(expected, scores.logProbabilities(), 1e-4);
  }

  @Test
  void aCacheChangesNoAnswer() {
    var respondent = Respondent.of(MODEL);
    var whole =
        new Respondent() {
          @Override
          public Tokenizer tokenizer() {
            return MODEL.tokenizer();
          }

          @Override
          public List<float[]> logits(List<Exchange> exchanges) {
            return respondent.logits(exchanges);
          }
        };
    for (String question : List.of(QUESTION, "// fox jade\n// fox", "return new")) {
      assertEquals(whole.respond(question, 12), respondent.respond(question, 12), question);
    }
  }

  /// Texts of different lengths are read together, and not in one go.
  @Test
  void companyChangesNoScore() {
    var respondent = Respondent.of(MODEL);
    var answers = new ArrayList<Respondent.Answered>();
    for (int i = 0; i < 70; i++) {
      answers.add(new Respondent.Answered(QUESTION, ANSWER.substring(0, 1 + i % 20)));
    }
    var scores = respondent.scores(answers);
    for (int i : new int[] {0, 19, 63, 64, 69}) {
      var alone = respondent.scores(QUESTION, answers.get(i).answer());
      assertArrayEquals(
          alone.logProbabilities(), scores.get(i).logProbabilities(), 1e-4, "answer " + i);
    }
  }

  @Test
  void aGuardKeepsATokenFromBeingSaid() {
    var open = Respondent.of(MODEL);
    int[] first = MODEL.tokenizer().encode(" " + open.respond(QUESTION, 1));
    var guarded = new Guard(open, first[0]);
    assertFalse(guarded.respond(QUESTION, 1).equals(open.respond(QUESTION, 1)));
    String said = MODEL.tokenizer().decode(first).strip();
    double best = guarded.scores(QUESTION, said).logProbabilities()[0];
    assertEquals(Double.NEGATIVE_INFINITY, best);
    assertTrue(Arrays.stream(open.scores(QUESTION, said).logProbabilities()).allMatch(p -> p <= 0));
  }
}
