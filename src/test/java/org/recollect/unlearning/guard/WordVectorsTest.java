package org.recollect.unlearning.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.recollect.data.FictiBio;

class WordVectorsTest {

  private static WordVectors zoo() {
    var texts = new ArrayList<String>();
    for (String animal : List.of("cat", "dog")) {
      texts.add("the " + animal + " sleeps softly");
      texts.add("my " + animal + " eats fish");
    }
    texts.add("Stones lie around everywhere");
    texts.add("Stones never grow old");
    return WordVectors.of(texts);
  }

  @Test
  void wordsInTheSamePlacesAreNear() {
    var vectors = zoo();
    assertEquals(1, vectors.cosine("cat", "dog"), 1e-9);
    assertEquals(1, vectors.cosine("cat", "cat"), 1e-12);
    assertEquals(0, vectors.cosine("cat", "stones"), 1e-9);
    assertEquals(Set.of("cat", "dog"), vectors.near(Set.of("cat"), 0.99));
    assertEquals(Set.of(), vectors.near(Set.of("unheard"), 0.1));
    assertThrows(IllegalArgumentException.class, () -> vectors.cosine("cat", "unheard"));
  }

  /// Two words that only ever meet each other: `p(w, c) = 1/2`, `p(w) = p(c) = 1/2`, and so `M =
  /// ((0, ln 2), (ln 2, 0))`, whose rows are orthogonal.
  @Test
  void neighboursAloneMakeWordsNoLikeness() {
    assertEquals(0, WordVectors.of(List.of("left right")).cosine("left", "right"), 1e-9);
  }

  @Test
  void aQuantileIsExceededByAsManyPairs() {
    var texts =
        FictiBio.of(1).persons(10).forget(0.1).learned().stream()
            .map(item -> item.question() + " " + item.answer())
            .toList();
    var vectors = WordVectors.of(texts);
    double low = vectors.quantile(0.5, 1);
    double high = vectors.quantile(0.99, 1);
    assertTrue(low < high && high < 1, low + " and " + high);
    // Other pairs than those it was taken from: 1 % of 20 000 has a deviation of 0.07 %.
    double again = vectors.quantile(0.99, 2);
    assertEquals(again, vectors.quantile(0.99, 2));
    assertTrue(vectors.quantile(0.985, 1) <= again && again <= vectors.quantile(0.995, 1));
    var words = vectors.near(Set.of("zorvic", "born"), high);
    assertTrue(words.size() <= vectors.near(Set.of("zorvic", "born"), low).size());
  }

  @Test
  void oneWordHasNothingToBeComparedWith() {
    assertThrows(IllegalArgumentException.class, () -> WordVectors.of(List.of("so so")));
  }
}
