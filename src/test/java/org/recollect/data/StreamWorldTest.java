package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamWorldTest {
  private static final StreamWorld WORLD = StreamWorld.of(12).facts(12);

  private static List<OpenQuestion> all(QuestionSet set) {
    return Stream.of(set.train(), set.validation(), set.test()).flatMap(List::stream).toList();
  }

  @Test
  void oneSeedOneStream() {
    var first = WORLD.at(3);
    var again = WORLD.at(3);
    assertEquals(first.library().digest(), again.library().digest());
    assertEquals(first.questions().digest(), again.questions().digest());
    assertEquals(first.told(), again.told());
    assertNotEquals(first.library().digest(), WORLD.at(4).library().digest());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatIsAskedWasWrittenByThatDay(long seed) {
    var world = WORLD.at(seed);
    for (var question : all(world.questions())) {
      var passage = world.library().passage(question.evidence().getFirst().getFirst());
      assertTrue(passage.day() <= question.day() && question.day() <= WORLD.days());
      assertTrue(passage.text().contains(question.answers().getFirst()), question.text());
    }
    for (var part : List.of(world.questions().train(), world.questions().test())) {
      var days = part.stream().map(OpenQuestion::day).toList();
      assertEquals(days.stream().sorted().toList(), days);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatHasChangedIsAskedForBeforeAndAfter(long seed) {
    var questions = all(WORLD.updated(1).at(seed).questions());
    var changed = questions.stream().filter(each -> !each.outdated().isEmpty()).toList();
    assertFalse(changed.isEmpty());
    for (var after : changed) {
      assertNotEquals(after.outdated(), after.answers());
      assertTrue(
          questions.stream()
              .anyMatch(before ->
                  before.subject().equals(after.subject())
                      && before.relation().equals(after.relation())
                      && before.answers().equals(after.outdated())
                      && before.day() < after.day()));
    }
    assertTrue(
        all(WORLD.updated(0).at(seed).questions()).stream()
            .allMatch(each -> each.outdated().isEmpty()));
  }

  @Test
  void everyDayBringsDocumentsAndNotTooManyFacts() {
    var world = WORLD.at(5);
    for (int i = 1; i <= WORLD.days(); i++) {
      int day = i;
      long documents =
          world.library().passages().stream().filter(each -> each.day() == day).count();
      assertTrue(
          documents >= WORLD.facts() / 3 && documents <= WORLD.facts(), day + ": " + documents);
    }
  }

  @Test
  void noEntityIsAskedAboutInTwoParts() {
    var questions = WORLD.at(2).questions();
    var train = questions.train().stream().map(OpenQuestion::subject).toList();
    for (var part : List.of(questions.validation(), questions.test())) {
      assertTrue(part.stream().noneMatch(each -> train.contains(each.subject())));
    }
  }

  @Test
  void knobsHaveRanges() {
    assertThrows(IllegalArgumentException.class, () -> StreamWorld.of(1));
    assertThrows(IllegalArgumentException.class, () -> WORLD.facts(0));
    assertThrows(IllegalArgumentException.class, () -> WORLD.facts(1000));
    assertThrows(IllegalArgumentException.class, () -> WORLD.with("updated", 1.5));
    assertEquals(WORLD.updated(0.25), WORLD.with("updated", 0.25));
  }
}
