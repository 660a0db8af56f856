package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QuestionSetTest {

  @Test
  void partsShareNoQuestion() {
    var question = new OpenQuestion("one", "Who?", List.of("She"));
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new QuestionSet("twice", List.of(question), List.of(), List.of(question)));
    assertTrue(error.getMessage().contains("'one'"), error.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> new QuestionSet("empty", List.of(question), List.of(), List.of()));
  }

  @Test
  void partsByHashTakeEveryQuestionOnce() {
    var all =
        IntStream.range(0, 500)
            .mapToObj(i -> new OpenQuestion("question " + i, "Who is " + i + "?", List.of("x")))
            .toList();
    var set = QuestionSet.of("many", all);
    assertEquals(500, set.train().size() + set.validation().size() + set.test().size());
    assertEquals(400, set.train().size(), 40);
    var half = set.only(question -> question.id().hashCode() % 2 == 0);
    assertNotEquals(set.digest(), half.digest());
  }

  @Test
  void libraryRefusesWhatCannotBeFound() {
    var passage = new Passage("a", "Title", "Some text.");
    assertThrows(
        IllegalArgumentException.class, () -> Library.of("twice", List.of(passage, passage)));
    assertThrows(IllegalArgumentException.class, () -> Library.of("none", List.of()));
    var library = Library.of("one", List.of(passage));
    assertEquals("Title. Some text.", library.passage("a").whole());
    assertThrows(IllegalArgumentException.class, () -> library.passage("b"));
  }
}
