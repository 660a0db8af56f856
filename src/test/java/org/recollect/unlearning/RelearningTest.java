package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.recollect.data.FictiBio;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.unlearning.measure.AnswerProbability;

class RelearningTest {

  private static final ForgetSplit WORLD = FictiBio.of(5).persons(20).forget(0.1);
  private static final Attack.Material MATERIAL =
      new Attack.Material(
          WORLD.forget(), WORLD.retain(), List.copyOf(WORLD.sides().firstEntry().getValue()));

  private static final LanguageModel MODEL =
      Learner.blank(32, 2)
          .beginner(
              WORLD.learned().stream()
                  .flatMap(item -> List.of(item.question(), " " + item.answer()).stream())
                  .toList(),
              1);

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static double probability(LanguageModel model, List<QaItem> items) {
    return Respondent.of(model)
        .scores(
            items.stream()
                .map(item -> new Respondent.Answered(item.question(), item.answer()))
                .toList())
        .stream()
        .mapToDouble(AnswerProbability::of)
        .average()
        .orElseThrow();
  }

  private static List<QaItem> told(Relearning attack, long seed) {
    var left = new HashSet<>(attack.judged(WORLD.forget(), seed));
    return WORLD.forget().stream().filter(item -> !left.contains(item)).toList();
  }

  @Test
  void whatIsToldAnewIsNotJudgedBy() {
    var attack = Attack.relearning(3);
    // 15 % of 16, whatever is done with them.
    assertEquals(2, told(attack, 1).size());
    assertEquals(told(attack, 1), told(Attack.relearning(0), 1));
    assertEquals(told(attack, 1), told(attack.onRelated(), 1));
    assertEquals(8, told(attack.share(0.5), 1).size());
    assertNotEquals(told(attack.share(0.5), 1), told(attack.share(0.5), 2));
    var one = WORLD.forget().subList(0, 1);
    assertThrows(IllegalArgumentException.class, () -> attack.judged(one, 1));
  }

  @Test
  void theToldBecomesLikelier() {
    var attack = Attack.relearning(30).rate(3e-3).share(0.5);
    try (var again = attack.weights(MODEL, MATERIAL, 1);
        var related = attack.onRelated().weights(MODEL, MATERIAL, 1);
        var unrelated = attack.onUnrelated().weights(MODEL, MATERIAL, 1)) {
      var told = told(attack, 1);
      double before = probability(MODEL, told);
      assertTrue(probability(again, told) > 10 * before, "from " + before);
      assertTrue(probability(again, told) > probability(related, told));
      assertTrue(probability(related, told) > probability(unrelated, told));
      var aside = MATERIAL.unrelated();
      assertTrue(probability(unrelated, aside) > probability(related, aside));
    }
  }

  @Test
  void theSameSeedGivesTheSameWeights() {
    var attack = Attack.relearning(3);
    String before = MODEL.weights().digest();
    try (var once = attack.weights(MODEL, MATERIAL, 1);
        var twice = attack.weights(MODEL, MATERIAL, 1);
        var other = attack.weights(MODEL, MATERIAL, 2)) {
      assertEquals(once.weights().digest(), twice.weights().digest());
      assertNotEquals(once.weights().digest(), other.weights().digest());
    }
    assertEquals(before, MODEL.weights().digest());
    assertSame(MODEL, Attack.relearning(0).weights(MODEL, MATERIAL, 1));
  }

  @Test
  void withoutMaterialThereIsNothingToRelearn() {
    var bare = new Attack.Material(WORLD.forget(), List.of(), List.of());
    var attack = Attack.relearning(3);
    for (var without : List.of(attack.onRelated(), attack.onUnrelated())) {
      assertThrows(IllegalArgumentException.class, () -> without.weights(MODEL, bare, 1));
    }
    assertThrows(IllegalArgumentException.class, () -> Attack.relearning(-1));
    assertThrows(IllegalArgumentException.class, () -> attack.share(1));
    assertThrows(IllegalArgumentException.class, () -> attack.rate(0));
  }

  @Test
  void namesTellThemApart() {
    assertEquals("relearn 10", Attack.relearning(10).name());
    assertEquals("relearn 10 related", Attack.relearning(10).onRelated().name());
    assertEquals("relearn 10 unrelated", Attack.relearning(10).onUnrelated().name());
  }
}
