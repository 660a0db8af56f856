package org.recollect.retrieval.role;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MentionTest {
  private static final List<String> SENTENCE = Words.of("It was in Elmham that Ada Vane was born.");

  @Test
  void findsTheLongestRunOfTheName() {
    var whole = Mention.find(List.of("Ada", "Vane"), SENTENCE);
    assertEquals(new Span(5, 7), whole.span());
    assertTrue(whole.whole());
    var part = Mention.find(List.of("the", "baker", "Ada", "Vane"), SENTENCE);
    assertEquals(0.5, part.share());
    assertFalse(part.whole());
    assertEquals(0, Mention.find(List.of("Bob"), SENTENCE).share());
  }

  @Test
  void skeletonsHideWhoAndWhat() {
    var mention = Mention.find(List.of("Ada", "Vane"), SENTENCE);
    assertEquals(
        List.of("it", "was", "in", "{c}", "that", "{s}", "was", "born"),
        mention.skeleton(SENTENCE, new Span(3, 4)));
  }

  @Test
  void sentencesEndAtTheirMarks() {
    assertEquals(
        List.of("Ada was born.", "She sings!"), Words.sentences("Ada was born. She sings! "));
    assertEquals(List.of("Ada's", "well-known", "song"), Words.of("Ada's well-known song."));
  }
}
