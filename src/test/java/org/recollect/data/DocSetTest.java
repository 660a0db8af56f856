package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.data.DocSet.Passage;

class DocSetTest {

  private static final Pattern TOKEN = Pattern.compile("[\\p{L}\\p{N}]+|[^\\s\\p{L}\\p{N}]");

  private static List<String> tokens(String text) {
    return TOKEN.matcher(text).results().map(result -> result.group()).toList();
  }

  private static List<Passage> all(DocSet news) {
    return Stream.of(news.forget(), news.retain(), news.unseen()).flatMap(List::stream).toList();
  }

  @Test
  void oneSeedGivesOneSet() {
    assertEquals(DocSet.of(3).digest(), DocSet.of(3).digest());
    assertNotEquals(DocSet.of(3).digest(), DocSet.of(4).digest());
    assertEquals(DocSet.of(3).configuration(), DocSet.of(3).configuration());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3})
  void passagesAnswerTheirQuestions(long seed) {
    var news = DocSet.of(seed);
    assertEquals(
        List.of(10, 20, 10),
        Stream.of(news.forget(), news.retain(), news.unseen()).map(List::size).toList());
    for (Passage passage : all(news)) {
      int length = tokens(passage.text()).size();
      assertTrue(length >= 170 && length <= 230, length + " tokens: " + passage.text());
      assertFalse(passage.text().contains("{"), passage.text());
      assertEquals(5, passage.questions().size());
      for (QaItem item : passage.questions()) {
        assertEquals(passage.title(), item.about());
        assertTrue(item.question().contains(passage.title()), item.question());
        assertEquals(5, new HashSet<>(item.perturbed()).size());
        String value = value(item);
        assertTrue(passage.text().contains(value), value + " is not in " + passage.text());
        assertTrue(item.answer().contains(value) && item.restated().contains(value));
      }
    }
  }

  /// What the perturbed answers do not have in common with the right one.
  private static String value(QaItem item) {
    String right = item.restated();
    int from = right.length();
    int behind = right.length();
    for (String wrong : item.perturbed()) {
      int start = 0;
      while (right.charAt(start) == wrong.charAt(start)) {
        start++;
      }
      int end = 0;
      while (right.charAt(right.length() - 1 - end) == wrong.charAt(wrong.length() - 1 - end)) {
        end++;
      }
      from = Math.min(from, start);
      behind = Math.min(behind, end);
    }
    return right.substring(from, right.length() - behind);
  }

  @Test
  void everyPassageIsOnAnotherEvent() {
    var passages = all(DocSet.of(1, 24, 24, 24));
    assertEquals(72, passages.stream().map(Passage::title).distinct().count());
    assertEquals(
        72,
        passages.stream().map(passage -> value(passage.questions().getFirst())).distinct().count());
    for (Passage passage : passages) {
      for (Passage other : passages) {
        assertTrue(passage == other || !passage.text().contains(other.title()), passage.text());
      }
    }
  }

  @Test
  void passagesOfOneKindAreNotOneTemplate() {
    var passages = all(DocSet.of(1));
    for (Passage passage : passages) {
      for (Passage other : passages) {
        if (passage != other) {
          var common = new TreeSet<>(List.of(passage.text().split("(?<=[.]) ")));
          common.retainAll(List.of(other.text().split("(?<=[.]) ")));
          assertTrue(common.size() <= 7, common + " in two passages of 14 sentences");
        }
      }
    }
    long openings = passages.stream().map(p -> p.text().split(" ")[0]).distinct().count();
    assertTrue(openings >= 8, openings + " first words");
  }

  @Test
  void moreToForgetIncludesLess() {
    assertEquals(DocSet.of(2, 10, 20, 10).forget().subList(0, 4), DocSet.of(2, 4, 26, 10).forget());
  }

  @Test
  void questionsAndTextsFollowTheParts() {
    var news = DocSet.of(6);
    var split = news.questions();
    assertEquals(50, split.forget().size());
    assertEquals(100, split.kept().size());
    assertEquals(50, split.holdout().size());
    assertEquals(10, news.corpus(news.forget()).documents().size());
  }

  @Test
  void cuttingLosesNothing() {
    var passage = DocSet.of(8).forget().getFirst();
    var cut = passage.cut(40);
    assertEquals(passage.text(), cut.prompt() + " " + cut.continuation());
    assertEquals(40, cut.prompt().split(" ").length);
    assertThrows(IllegalArgumentException.class, () -> passage.cut(0));
    assertThrows(IllegalArgumentException.class, () -> passage.cut(10_000));
  }

  @Test
  void theVocabularyIsSmall() {
    var words = new TreeSet<String>();
    all(DocSet.of(1)).forEach(passage -> words.addAll(tokens(passage.text())));
    assertTrue(words.size() <= 800, words.size() + " words");
  }

  @Test
  void setsThatCannotBeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> DocSet.of(1, 0, 5, 5));
    assertThrows(IllegalArgumentException.class, () -> DocSet.of(1, 40, 40, 10));
    assertThrows(IllegalArgumentException.class, () -> DocSet.of(1, 1, -1, 10));
    assertEquals(1, all(DocSet.of(1, 1, 0, 0)).size());
  }

  @Test
  void passagesStandBesideTheirQuestions() {
    var news = DocSet.of(7, 2, 3, 1);
    var split = news.passagesAndQuestions();
    assertEquals(
        List.of(12, 18, 6),
        Stream.of(split.forget(), split.retain(), split.holdout()).map(List::size).toList());
    for (int i = 0; i < news.forget().size(); i++) {
      var item = split.forget().get(i);
      assertTrue(item.passage());
      assertEquals(60, item.question().split(" ").length);
      assertEquals(news.forget().get(i).text(), item.question() + " " + item.answer());
    }
    assertEquals(news.questions().forget(), split.forget().subList(2, 12));
    assertNotEquals(split.digest(), news.passagesAndQuestions(61).digest());
    assertThrows(IllegalArgumentException.class, () -> news.passagesAndQuestions(1000));
  }
}
