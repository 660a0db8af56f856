package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.RandomStream;

class NeedleGridTest {

  private static final Corpus FILLER =
      Corpora.text(
          IntStream.range(0, 200)
              .mapToObj(i -> "line %d of the text\n".formatted(i))
              .reduce("", String::concat));

  @Test
  void everyLengthMeetsEveryDepth() {
    var grid = NeedleGrid.of(Recall.needle()).lengths(60, 120).depths(0, 0.5, 1).in(FILLER);
    var items = grid.items(NeedleGridTest::count, RandomStream.of(1, "grid"));
    assertEquals(6, items.size());
    for (int i = 0; i < 6; i++) {
      int tokens = count(items.get(i).text());
      int length = i < 3 ? 60 : 120;
      assertTrue(tokens <= length && tokens > length - 8, tokens + " of " + length);
      double depth = items.get(i).questions().getFirst().depth();
      assertEquals(i % 3 / 2.0, depth, 0.1, "item " + i);
    }
  }

  /// The tokens that stand where the context answers are the answer's, in the last statement.
  @Test
  void needlesAreWhereTheLastStatementAnswers() {
    for (int seed = 0; seed < 100; seed++) {
      var shape = new Random(seed);
      int pairs = 1 + shape.nextInt(6);
      var encode = encoder();
      var item =
          Recall.corrupted(pairs, shape.nextInt(pairs + 1))
              .in(FILLER)
              .item(200, NeedleGridTest::count, RandomStream.of(seed, "needles"));
      int[] ids = item.encode(encode).ids();
      int context = encode.apply(item.contextText()).length;
      int[][] needles = item.needles(encode);
      assertEquals(item.questions().size(), needles.length);
      for (int q = 0; q < needles.length; q++) {
        var question = item.questions().get(q);
        int[] stands = Arrays.stream(needles[q]).map(position -> ids[position]).toArray();
        assertArrayEquals(encode.apply(question.answer()), stands, "seed " + seed);
        int[] key = encode.apply(question.query());
        int from = needles[q][0] - key.length;
        assertArrayEquals(key, Arrays.copyOfRange(ids, from, from + key.length), "seed " + seed);
        assertTrue(needles[q][0] < context, "seed " + seed);
      }
    }
  }

  @Test
  void aQuestionThatNothingAnswersIsRefused() {
    var item =
        new RecallItem(
            List.of(new RecallItem.Segment(RecallItem.Part.FILLER, "\n// fox jade")),
            List.of(new RecallItem.Question("\n// fox", " jade", 0)));
    var error = assertThrows(IllegalStateException.class, () -> item.needles(encoder()));
    assertTrue(error.getMessage().contains("fox jade"), error.getMessage());
  }

  @Test
  void aGridWithoutDepthOrWithAnImpossibleOneIsRefused() {
    var grid = NeedleGrid.of(Recall.needle());
    assertThrows(IllegalArgumentException.class, () -> grid.depths(new double[0]));
    assertThrows(IllegalArgumentException.class, () -> grid.lengths(new int[0]));
    assertThrows(IllegalArgumentException.class, () -> grid.depths(1.5));
  }

  private static int count(String text) {
    return encoder().apply(text).length;
  }

  /// Line breaks and words, each with the space before it, numbered as they come.
  private static Function<String, int[]> encoder() {
    var ids = new HashMap<String, Integer>();
    return text ->
        Arrays.stream(text.split("(?=[ \n])|(?<=\n)"))
            .filter(token -> !token.isEmpty())
            .mapToInt(token -> ids.computeIfAbsent(token, _ -> ids.size()))
            .toArray();
  }
}
