package org.recollect.unlearning.guard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.model.Tokenizer;
import org.recollect.model.WordVocabulary;
import org.recollect.unlearning.Exchange;
import org.recollect.unlearning.Respondent;

class BeamSearchTest {
  private static final LanguageModel MODEL = Models.nanoJava();
  private static final Tokenizer WORDS = WordVocabulary.of(List.of(" a b c"));

  @AfterAll
  static void close() {
    MODEL.close();
    WORDS.close();
  }

  /// A language of the end (0), a (2), b (3) and c (4). After `a` with 0.6 comes anything with 1/3;
  /// after `b` with 0.4 surely `c`, and then the end.
  private record Garden(Tokenizer tokenizer) implements Respondent {
    @Override
    public List<float[]> logits(List<Exchange> exchanges) {
      return exchanges.stream().map(exchange -> logits(exchange.said())).toList();
    }

    private static float[] logits(int... said) {
      float[] all = new float[5 * (said.length + 1)];
      for (int row = 0; row <= said.length; row++) {
        double[] next = row == 0 ? new double[] {0, 0, .6, .4, 0} : after(said[row - 1]);
        for (int v = 0; v < 5; v++) {
          all[5 * row + v] = (float) Math.log(next[v]);
        }
      }
      return all;
    }

    private static double[] after(int token) {
      return switch (token) {
        case 2 -> new double[] {0, 0, 1 / 3., 1 / 3., 1 / 3.};
        case 3 -> new double[] {0, 0, 0, 0, 1};
        default -> new double[] {1, 0, 0, 0, 0};
      };
    }
  }

  private static int[] search(int width, int... forbidden) {
    return new BeamSearch(width)
        .answer(
            new Garden(WORDS),
            new int[] {2},
            6,
            said -> Arrays.stream(forbidden).noneMatch(token -> token == said[said.length - 1]));
  }

  @Test
  void aWiderBeamFindsWhatABadStartHides() {
    assertArrayEquals(new int[] {3, 4}, search(2));
    assertEquals(2, search(1)[0]);
  }

  @Test
  void whatIsNotAllowedIsNotSaid() {
    assertArrayEquals(new int[] {3, 4}, search(1, 2));
    // After b there is only c: where that is not allowed, the answer ends.
    assertArrayEquals(new int[] {2, 3}, search(3, 4));
    assertArrayEquals(
        new int[0], new BeamSearch(2).answer(new Garden(WORDS), new int[] {2}, 6, _ -> false));
  }

  @Test
  void aBeamOfOneIsGreedy() {
    var respondent = Respondent.of(MODEL);
    for (String question : List.of("public final class", "// fox jade\n// fox", "return new")) {
      int[] said =
          new BeamSearch(1).answer(respondent, MODEL.tokenizer().encode(question), 12, _ -> true);
      assertEquals(
          respondent.respond(question, 12), MODEL.tokenizer().decode(said).strip(), question);
    }
  }

  @Test
  void aBeamHasAWidth() {
    assertThrows(IllegalArgumentException.class, () -> new BeamSearch(0));
  }
}
