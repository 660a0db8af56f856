package org.recollect.retrieval.domain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;

class PassageReaderTest {
  private static final int CONTEXT = 32;

  private static LanguageModel model() {
    var words = IntStream.range(0, 20).mapToObj(i -> " w" + i).collect(Collectors.joining());
    return Models.ofWords(List.of(words), 16, 8, 1, CONTEXT, 1);
  }

  /// A token has the space before it.
  private static int[] ids(LanguageModel model, String words) {
    return model.tokenizer().encode(" " + words);
  }

  /// Three passages of four words; the first token of a text is the last of the one before.
  private static int[][] domain(LanguageModel model) {
    return new int[][] {ids(model, "w0 w1 w2 w3 w4 w5 w6 w7 w8"), ids(model, "w8 w9 w10 w11 w12")};
  }

  @Test
  void passagesAreFoundByTheirWordsTheBestLast() {
    try (var model = model();
        var passages = new Passages(model.tokenizer(), domain(model), 4)) {
      var found = passages.find(ids(model, "w5 w6 w12"), 2);
      assertArrayEquals(ids(model, "w9 w10 w11 w12"), found.getFirst());
      assertArrayEquals(ids(model, "w5 w6 w7 w8"), found.getLast());
      assertEquals(List.of(), passages.find(ids(model, "w19"), 2));
      assertTrue(passages.bytes() > 3 * 4 * 4);
    }
  }

  /// Each stride against the model on what is put before it by hand.
  @Test
  void predictsEachStrideBehindWhatItsBeginningFinds() {
    try (var model = model();
        var passages = new Passages(model.tokenizer(), domain(model), 4)) {
      var how = new InContext(2, 1, 4, List.of(1));
      int[] text = ids(model, "w19 w18 w10 w17 w5");
      double[] read = new PassageReader(model, passages, how, 1).logLikelihoods(text);
      var plain = Predictor.of(model);
      assertEquals(4, read.length);
      double[] first = plain.logLikelihoods(ids(model, "w19 w18 w10"));
      assertArrayEquals(first, Arrays.copyOf(read, 2), 1e-6);
      double[] second = plain.logLikelihoods(ids(model, "w9 w10 w11 w12 w19 w18 w10 w17 w5"));
      assertArrayEquals(Arrays.copyOfRange(second, 6, 8), Arrays.copyOfRange(read, 2, 4), 1e-6);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    try (var model = model();
        var passages = new Passages(model.tokenizer(), domain(model), 4)) {
      var how = new InContext(2, 1, 4, List.of(8));
      int[] text = ids(model, "w1 w2 w3");
      var error =
          assertThrows(
              IllegalArgumentException.class,
              () -> new PassageReader(model, passages, how, 8).logLikelihoods(text));
      assertTrue(error.getMessage().contains("context of 34"), error.getMessage());
    }
  }

  @Test
  void onlyGivenSharesAreChosen() {
    double[][] one = {{Math.log(0.9), Math.log(0.1)}};
    double[][] other = {{Math.log(0.1), Math.log(0.95)}};
    assertEquals(1, Interpolation.best(one, other, List.of(0.0, 1.0)).lambda());
    assertEquals(0, Interpolation.best(other, one, List.of(0.0, 1.0)).lambda());
  }
}
