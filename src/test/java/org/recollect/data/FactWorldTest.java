package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FactWorldTest {
  private static final FactWorld WORLD = FactWorld.of(60).hops(3).asked(40);

  @Test
  void oneSeedOneWorld() {
    var first = WORLD.at(3);
    var again = WORLD.at(3);
    assertEquals(first.library().digest(), again.library().digest());
    assertEquals(first.questions().digest(), again.questions().digest());
    assertEquals(first.told(), again.told());
    assertNotEquals(first.library().digest(), WORLD.at(4).library().digest());
  }

  @Test
  void distractorsChangeThePassagesAlone() {
    var few = WORLD.distractors(0).at(1);
    var many = WORLD.distractors(20).at(1);
    assertEquals(few.told(), many.told());
    assertEquals(texts(few.questions().test()), texts(many.questions().test()));
    assertTrue(many.library().passages().size() > 2 * few.library().passages().size());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void evidenceStatesEachStepAndTheAnswer(long seed) {
    var world = WORLD.at(seed);
    for (OpenQuestion question : world.questions().test()) {
      assertEquals(question.relation().split(" > ").length, question.hops());
      for (var step : question.evidence()) {
        assertFalse(step.isEmpty(), question.text());
      }
      for (String id : question.evidence().getLast()) {
        var text = world.library().passage(id).text();
        assertTrue(text.contains(question.answers().getFirst()), text + " <- " + question.text());
      }
    }
  }

  @Test
  void whatHasChangedIsToldAndWrittenAsItWas() {
    var world = WORLD.namesakes(0).updated(1).at(1);
    var changed =
        world.questions().test().stream().filter(each -> !each.outdated().isEmpty()).toList();
    assertFalse(changed.isEmpty());
    for (OpenQuestion question : changed) {
      assertFalse(question.outdated().contains(question.answers().getFirst()));
      if (question.hops() == 1) {
        var entries =
            world.library().passages().stream()
                .filter(each -> each.day() == 1 && each.text().contains(question.subject()))
                .map(Passage::text)
                .collect(Collectors.joining());
        assertTrue(entries.contains(question.outdated().getFirst()), question.text());
      }
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
  void popularityCountsWhatIsTold() {
    var world = WORLD.namesakes(0).at(1);
    for (OpenQuestion question : world.questions().test()) {
      long sentences =
          world.told().stream().filter(text -> text.contains(question.subject())).count();
      var popularity = question.popularity().orElseThrow();
      assertTrue(sentences >= popularity.subject(), question.text());
      assertTrue(popularity.subject() >= popularity.pair().orElseThrow(), question.text());
    }
  }

  @Test
  void waysThatAreHeldBackAreNewToModelsAndLearners() {
    var world = WORLD.at(1);
    for (FactRelation relation : FactRelation.values()) {
      for (String way : relation.english().questions().held()) {
        var words = Arrays.stream(way.split("\\{s\\}")).map(String::strip).toList();
        assertTrue(
            world.questions().train().stream()
                .filter(each -> each.hops() == 1)
                .noneMatch(each -> words.stream().allMatch(each.text()::contains)),
            way);
      }
    }
  }

  @Test
  void knobsHaveRanges() {
    var error = assertThrows(IllegalArgumentException.class, () -> WORLD.updated(1.5));
    assertTrue(error.getMessage().contains("updated"), error.getMessage());
    assertThrows(IllegalArgumentException.class, () -> WORLD.hops(5));
    assertThrows(IllegalArgumentException.class, () -> FactWorld.of(3));
    assertEquals(WORLD.distractors(7), WORLD.with("distractors", 7));
    var unknown = assertThrows(IllegalArgumentException.class, () -> WORLD.with("colour", 1));
    assertTrue(unknown.getMessage().contains("distractors"), unknown.getMessage());
  }

  private static List<String> texts(List<OpenQuestion> questions) {
    return questions.stream().map(OpenQuestion::text).toList();
  }
}
