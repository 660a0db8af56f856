package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.DocSet;
import org.recollect.data.FictiBio;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.lab.Row;
import org.recollect.model.LanguageModel;

class UnlearningStudyTest {
  @TempDir Path store;

  private static final FictiBio WORLD = FictiBio.of(5).persons(10);

  private static final Learner LEARNER = TaughtWorld.LEARNER;

  private UnlearningStudy study() {
    return UnlearningStudy.of(LEARNER)
        .forget(WORLD.forget(0.1))
        .judgedBy(6)
        .atMost(40)
        .storedIn(store);
  }

  private static double value(Results results, String arm, Measure measure) {
    return row(results, arm).samples().get(measure.name()).value();
  }

  private static Row row(Results results, String arm) {
    return results.rows().stream().filter(row -> row.arm().equals(arm)).findFirst().orElseThrow();
  }

  @Test
  void theBoundsStandInEveryTable() {
    var results = study().compare(Unlearn.gradDiff().rate(1e-3)).run();
    assertEquals(List.of("full model", "retrain oracle", "GradDiff"), results.arms());
    assertEquals(List.of(), results.failures());
    String oracle = "retrain oracle";
    double known = value(results, "full model", UnlearningMeasures.FORGET_PROBABILITY);
    double unknown = value(results, oracle, UnlearningMeasures.FORGET_PROBABILITY);
    assertTrue(known > 0.5 && unknown < 0.3, known + " and " + unknown);
    // The oracle is its own yardstick.
    assertEquals(1, value(results, oracle, UnlearningMeasures.FORGET_QUALITY));
    assertEquals(0, value(results, oracle, UnlearningMeasures.KL_TO_ORACLE), 1e-9);
    assertEquals(0, value(results, oracle, UnlearningMeasures.PRIV_LEAK), 1e-9);
    assertEquals(100, value(results, oracle, UnlearningMeasures.COST), 1e-9);
    assertEquals(0, value(results, "full model", UnlearningMeasures.COST));
    // Who knows the answers says them, and expects nothing else.
    double own = value(results, "full model", UnlearningMeasures.ANSWER_PERPLEXITY);
    double others = value(results, oracle, UnlearningMeasures.ANSWER_PERPLEXITY);
    assertTrue(own < 2 && others > own, own + " and " + others);
    // Arms stop as soon as they have forgotten as much as the oracle never knew.
    double reached = value(results, "GradDiff", UnlearningMeasures.FORGET_PROBABILITY);
    double steps = value(results, "GradDiff", UnlearningMeasures.STEPS);
    assertTrue(steps > 0 && steps < 40, steps + " steps");
    assertTrue(reached <= unknown, reached + " after " + steps + " steps");
  }

  @Test
  void theSameStudyGivesTheSameRows() {
    var study = study().compare(Unlearn.ascent()).vary("steps", 2);
    var first = study.run().reproducible();
    assertEquals(first, study.afresh().run().reproducible());
  }

  /// More steps go on from fewer, and a higher level from a lower one.
  @Test
  void stepsAndLevelsLieOnOnePath() {
    var study = study().compare(Unlearn.ascent().rate(1e-3));
    var some =
        study
            .vary("forgotten", 0.3, 0.8)
            .measure(UnlearningMeasures.FORGET_PROBABILITY, UnlearningMeasures.STEPS)
            .run()
            .only("GA");
    double fewer = value(some.where("forgotten", 0.3), "GA", UnlearningMeasures.STEPS);
    double more = value(some.where("forgotten", 0.8), "GA", UnlearningMeasures.STEPS);
    assertTrue(0 < fewer && fewer < more, fewer + " and " + more + " steps");
    var counted =
        study
            .vary("steps", fewer, more)
            .measure(UnlearningMeasures.FORGET_PROBABILITY)
            .run()
            .only("GA");
    assertEquals(
        value(some.where("forgotten", 0.8), "GA", UnlearningMeasures.FORGET_PROBABILITY),
        value(counted.where("steps", more), "GA", UnlearningMeasures.FORGET_PROBABILITY));
  }

  @Test
  void requestsAreServedOneAfterTheOther() {
    var requests = WORLD.requests(0.1, 0.3);
    var results =
        UnlearningStudy.of(LEARNER)
            .forget(requests)
            .compare(Unlearn.gradDiff().rate(1e-3))
            .judgedBy(6)
            .atMost(40)
            .vary("request", 1, 2)
            .measure(UnlearningMeasures.FORGET_PROBABILITY, UnlearningMeasures.STEPS)
            .storedIn(store)
            .run();
    assertEquals(List.of(), results.failures());
    var first = results.where("request", 1);
    var second = results.where("request", 2);
    var items = row(second, "GradDiff").samples().get("forget probability").items();
    assertEquals(requests.get(0).forget().size() + requests.get(1).forget().size(), items.size());
    assertTrue(
        value(second, "GradDiff", UnlearningMeasures.STEPS)
            > value(first, "GradDiff", UnlearningMeasures.STEPS));
    assertTrue(value(second, "retrain oracle", UnlearningMeasures.FORGET_PROBABILITY) < 0.3);
  }

  /// Asks about nothing but the last item, with the weights as they were.
  private record Backwards() implements Attack {
    @Override
    public String name() {
      return "backwards";
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of();
    }

    @Override
    public List<QaItem> judged(List<QaItem> forget, long seed) {
      return List.of(forget.getLast());
    }

    @Override
    public LanguageModel weights(LanguageModel model, Material material, long seed) {
      return model.withWeights(material.forget().size() == 8 ? model.weights().copy() : null);
    }
  }

  @Test
  void attacksAreMadeOnWhoHasForgotten() {
    var results =
        study()
            .compare(Unlearn.ascent())
            .attack(Attack.none(), new Backwards())
            .vary("steps", 3)
            .measure(UnlearningMeasures.FORGET_ROUGE, UnlearningMeasures.COST)
            .run();
    assertEquals(List.of(), results.failures());
    var plain = row(results.where("attack", "none"), "GA");
    var attacked = row(results.where("attack", "backwards"), "GA");
    var items = plain.samples().get("forget ROUGE-L").items();
    assertEquals(List.of(items.getLast()), attacked.samples().get("forget ROUGE-L").items());
    assertEquals(plain.samples().get("cost"), attacked.samples().get("cost"));
    assertEquals(plain.ledger().flop(), attacked.ledger().flop());
  }

  /// An attack is made on the bounds too, and on weights that are given back.
  @Test
  void everyAttackIsMadeOnEveryArm() {
    var attacks =
        List.of(
            Attack.relearning(2),
            Attack.relearning(2).onRelated(),
            Attack.relearning(2).onUnrelated(),
            Attack.int8(),
            Attack.int4(),
            Attack.rephrased(),
            Attack.prefixed(),
            Attack.sampled(2));
    var results =
        study()
            .compare(Unlearn.ascent())
            .attack(attacks.toArray(Attack[]::new))
            .vary("steps", 3)
            .measure(
                UnlearningMeasures.FORGET_ROUGE,
                UnlearningMeasures.FORGET_QUALITY,
                UnlearningMeasures.DISTINCT_BIGRAMS)
            .run();
    assertEquals(List.of(), results.failures());
    assertEquals(3 * attacks.size(), results.rows().size());
    double eight =
        value(results.where("attack", "int8"), "full model", UnlearningMeasures.FORGET_ROUGE);
    assertTrue(eight > 0.5, "rounding to eight bits leaves " + eight);
  }

  @Test
  void passagesAndQuestionsAreJudgedApart() {
    var news = DocSet.of(2, 1, 1, 1).passagesAndQuestions(100);
    var results =
        UnlearningStudy.of(Learner.blank(32, 2).taughtBy(new Memorising(80, 6, 1e-2)))
            .forget(news)
            .compare(Unlearn.ascent().rate(1e-3))
            .vary("steps", 3)
            .measure(
                UnlearningMeasures.VERBATIM_MEMORY,
                UnlearningMeasures.KNOWLEDGE_MEMORY,
                UnlearningMeasures.KNOWLEDGE_KEPT,
                UnlearningMeasures.MIA_LOSS,
                UnlearningMeasures.FORGET_TRUTH_RATIO)
            .storedIn(store)
            .run();
    assertEquals(List.of(), results.failures());
    var full = row(results, "full model").samples();
    assertEquals(1, full.get("verbatim memory").items().size());
    assertEquals(5, full.get("knowledge memory").items().size());
    assertEquals(5, full.get("knowledge kept").items().size());
    for (Measure memory :
        List.of(UnlearningMeasures.VERBATIM_MEMORY, UnlearningMeasures.KNOWLEDGE_MEMORY)) {
      double known = value(results, "full model", memory);
      double unknown = value(results, "retrain oracle", memory);
      assertTrue(known > 0.9 && unknown < known, memory + ": " + known + " and " + unknown);
    }
    // Of two passages, the one that was read looks better known.
    assertEquals(1, value(results, "full model", UnlearningMeasures.MIA_LOSS));
  }

  @Test
  void methodsThatNeedTheRestSaySo() {
    var results =
        study()
            .retain(0)
            .compare(Unlearn.ascent(), Unlearn.gradDiff())
            .vary("steps", 1)
            .measure(UnlearningMeasures.STEPS)
            .run();
    assertEquals(List.of("GradDiff"), results.failures().stream().map(Row::arm).toList());
    assertTrue(results.failures().getFirst().error().orElseThrow().contains("to be kept"));
  }

  @Test
  void whatTheMaterialLacksIsNotOffered() {
    var bare = new QaItem("somebody", "Who is it?", "Nobody knows.");
    var more = new QaItem("somebody", "Where is it?", "It is here.");
    var split =
        new ForgetSplit("bare", List.of(bare), List.of(more), List.of(), new LinkedHashMap<>());
    var study = UnlearningStudy.of(LEARNER).forget(split).compare(Unlearn.ascent());
    for (Measure absent :
        List.of(
            UnlearningMeasures.PRIV_LEAK,
            UnlearningMeasures.VERBATIM_MEMORY,
            UnlearningMeasures.FORGET_QUALITY,
            UnlearningMeasures.MODEL_UTILITY)) {
      assertThrows(IllegalArgumentException.class, () -> study.measure(absent));
    }
    assertThrows(
        IllegalStateException.class,
        () -> UnlearningStudy.of(LEARNER).compare(Unlearn.ascent()).run());
  }

  @Test
  void differentSeedsAreDifferentLearners() {
    var results =
        study()
            .compare(Unlearn.ascent())
            .vary("steps", 1)
            .measure(UnlearningMeasures.FORGET_PROBABILITY)
            .seeds(2)
            .run();
    var values =
        results.rows().stream()
            .filter(row -> row.arm().equals("full model"))
            .map(row -> row.samples().get("forget probability").value())
            .toList();
    assertEquals(2, values.size());
    assertNotEquals(values.get(0), values.get(1));
  }
}
