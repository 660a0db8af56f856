package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.data.RecallItem.Part;
import org.recollect.data.RecallItem.Segment;
import org.recollect.tensor.RandomStream;

class EntailmentTest {

  private static final Corpus FILLER =
      Corpora.text("int a = 1;\nint b = 2;\nreturn a + b;\n// a comment\nfor (;;) {\n}");

  /// A token for each word.
  private static int words(String text) {
    return text.strip().split("\\s+").length;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 32})
  void aStatementHasTheClassOfItsPremise(int premises) {
    var task = Entailment.of(premises).in(FILLER);
    for (var item : task.items(20, 400, EntailmentTest::words, RandomStream.of(premises, "test"))) {
      var stated =
          item.context().stream()
              .filter(segment -> segment.part() == Part.PAIR)
              .map(Segment::text)
              .collect(Collectors.toSet());
      assertEquals(premises, stated.size());
      assertEquals(premises, item.questions().size());
      var asked = new HashSet<String>();
      for (var question : item.questions()) {
        assertTrue(stated.contains(question.query() + question.answer()));
        assertTrue(asked.add(question.query()), "each word once");
      }
      assertTrue(words(item.text()) <= 400);
    }
  }

  @Test
  void bothClassesAreEquallyLikely() {
    var items =
        Entailment.of(4).items(500, 100, EntailmentTest::words, RandomStream.of(1, "balance"));
    long right =
        items.stream()
            .flatMap(item -> item.questions().stream())
            .filter(question -> question.answer().equals(" yes"))
            .count();
    // Five standard deviations of 2000 fair coins.
    assertEquals(1000, right, 5 * Math.sqrt(500));
  }

  @Test
  void oneSeedGivesOneSetOfItems() {
    var task = Entailment.of(3).in(FILLER);
    var once = task.items(5, 60, EntailmentTest::words, RandomStream.of(4, "items"));
    assertEquals(
        once.subList(0, 2), task.items(2, 60, EntailmentTest::words, RandomStream.of(4, "items")));
    assertNotEquals(once, task.items(5, 60, EntailmentTest::words, RandomStream.of(5, "items")));
  }

  @Test
  void premisesStandWhereTheyAreAskedFor() {
    var item =
        Entailment.of(2)
            .in(FILLER)
            .atDepth(1)
            .items(1, 120, EntailmentTest::words, RandomStream.of(2, "deep"))
            .getFirst();
    var last = item.context().subList(item.context().size() - 2, item.context().size());
    assertTrue(last.stream().allMatch(segment -> segment.part() == Part.PAIR));
  }

  @Test
  void whatCannotBeIsRefused() {
    for (int premises : new int[] {0, 33}) {
      assertThrows(IllegalArgumentException.class, () -> Entailment.of(premises));
    }
    assertThrows(IllegalArgumentException.class, () -> Entailment.of(2).atDepth(1.5));
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> Entailment.of(4).items(1, 5, EntailmentTest::words, RandomStream.of(1, "x")));
    assertTrue(refusal.getMessage().contains("are too few"), refusal.getMessage());
  }
}
