package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.recollect.data.RecallItem.Part;
import org.recollect.data.RecallItem.Segment;
import org.recollect.tensor.RandomStream;

class MostCommonTest {

  private static final Corpus FILLER =
      Corpora.text("int a = 1;\nint b = a + 2;\nreturn a * b;\n", "long x;\nx += 3;\n");

  @Test
  void theAnswerIsStatedMostOftenAndNeverLast() {
    for (long seed = 0; seed < 50; seed++) {
      var random = RandomStream.of(seed, "test");
      int rare = random.nextInt(1, 4);
      int common = rare + random.nextInt(1, 4);
      var task = MostCommon.of(common, rare).in(FILLER);
      var item = task.item(300, MostCommonTest::words, random);
      var question = item.questions().getFirst();
      List<String> stated =
          item.context().stream()
              .filter(segment -> segment.part() == Part.PAIR)
              .map(Segment::text)
              .toList();
      String right = question.query() + question.answer();
      String when = "seed " + seed + ": " + stated;
      assertEquals(common, stated.stream().filter(right::equals).count(), when);
      assertEquals(common + rare, stated.size(), when);
      assertEquals(2, stated.stream().distinct().count(), when);
      assertTrue(stated.stream().allMatch(line -> line.startsWith(question.query())), when);
      assertNotEquals(right, stated.getLast(), when);
      int length = item.context().stream().mapToInt(s -> words(s.text())).sum();
      assertTrue(length <= 300 && length > 280, when);
    }
  }

  @Test
  void anAnnouncementNamesWhatIsAskedAndFits() {
    for (long seed = 0; seed < 20; seed++) {
      for (LongContextTask tasks :
          List.of(Recall.associative(4).in(FILLER), MostCommon.of(3, 2).in(FILLER))) {
        var item = tasks.announced().item(120, MostCommonTest::words, RandomStream.of(seed, "a"));
        String last = item.context().getLast().text();
        for (var question : item.questions()) {
          assertTrue(last.contains(question.query().substring(4)), last);
          assertTrue(!last.contains(question.answer()), last);
        }
        assertTrue(words(item.text()) <= 120);
        assertTrue(item.context().stream().anyMatch(segment -> segment.part() == Part.PAIR));
        assertNotEquals(tasks.configuration(), tasks.announced().configuration());
      }
    }
    var deep = Recall.needle().announced().atDepth(0.5);
    assertEquals(Recall.needle().atDepth(0.5).announced(), deep);
    assertEquals(OptionalDouble.of(0.5), Recall.needle().atDepth(0.5).depth());
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> MostCommon.of(2, 2));
    assertThrows(IllegalArgumentException.class, () -> MostCommon.of(2, 0));
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> MostCommon.of(5, 2).item(9, MostCommonTest::words, RandomStream.of(1, "x")));
    assertTrue(refusal.getMessage().contains("too few"), refusal.getMessage());
    assertThrows(IllegalArgumentException.class, () -> MostCommon.of(2, 1).atDepth(0.5));
  }

  private static int words(String text) {
    return text.isBlank() ? 0 : text.strip().split("\\s+").length;
  }
}
