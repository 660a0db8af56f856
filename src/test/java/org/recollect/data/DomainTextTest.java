package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.RandomStream;

class DomainTextTest {
  private static final int END = -1;

  /// Sixty documents of thirty numbers: the document's own, thirty times.
  private static final DomainText DOMAIN =
      new DomainText(
          "numbers",
          new Corpus(
              "numbers",
              IntStream.range(0, 60)
                  .mapToObj(i -> new Document("document " + i, Integer.toString(i)))
                  .toList()));

  private static int[] encode(String text) {
    int[] tokens = new int[30];
    Arrays.fill(tokens, Integer.parseInt(text));
    return tokens;
  }

  private static int[][] training(long seed) {
    return DOMAIN.training(6, 20, DomainTextTest::encode, END, RandomStream.of(seed, "domain"));
  }

  @Test
  void textsFollowOneAnother() {
    int[][] texts = training(1);
    assertEquals(6, texts.length);
    for (int i = 1; i < texts.length; i++) {
      assertEquals(21, texts[i].length);
      assertEquals(texts[i - 1][20], texts[i][0]);
    }
    assertArrayEquals(texts, training(1));
  }

  @Test
  void noDocumentMakesUpMoreThanItsShare() {
    var counts = new int[60];
    for (int[] text : training(2)) {
      Arrays.stream(text).skip(1).filter(token -> token != END).forEach(token -> counts[token]++);
    }
    assertTrue(Arrays.stream(counts).max().orElseThrow() <= Math.ceilDiv(121, 8));
  }

  @Test
  void partsStayApart() {
    for (int[] text : training(3)) {
      Arrays.stream(text)
          .filter(token -> token != END)
          .forEach(token -> assertEquals(Split.TRAIN, Split.of("document " + token)));
    }
    var random = RandomStream.of(3, "held out");
    for (var part : new Split[] {Split.VALIDATION, Split.TEST}) {
      for (int[] text : DOMAIN.heldOut(part, 9, 12, DomainTextTest::encode, random)) {
        assertEquals(13, text.length);
        assertEquals(part, Split.of("document " + text[0]));
      }
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> DOMAIN.heldOut(Split.TRAIN, 1, 5, DomainTextTest::encode, random));
  }

  @Test
  void asksForMoreTextWhereThereIsTooLittle() {
    assertThrows(
        IllegalArgumentException.class,
        () -> DOMAIN.training(900, 20, DomainTextTest::encode, END, RandomStream.of(1, "all")));
  }
}
