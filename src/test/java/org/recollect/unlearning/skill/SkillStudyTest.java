package org.recollect.unlearning.skill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.ChoiceSkill;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.lab.Row;
import org.recollect.unlearning.Learner;
import org.recollect.unlearning.Memorising;

class SkillStudyTest {
  private static final Learner LEARNER =
      Learner.blank(32, 2).taughtBy(new Memorising(20, 32, 1e-2));

  @TempDir Path store;

  private SkillStudy study(ChoiceSkill... skills) {
    return SkillStudy.of(LEARNER).questions(60, 20).forgetting(skills).storedIn(store);
  }

  private static Row row(Results results, String arm) {
    return results.rows().stream().filter(row -> row.arm().equals(arm)).findFirst().orElseThrow();
  }

  private static double value(Results results, String arm, Measure measure) {
    return row(results, arm).samples().get(measure.name()).value();
  }

  @Test
  void labelsDecideWhatIsSaidAndTheBoundsStandBeside() {
    var results =
        study(ChoiceSkill.CAPITAL)
            .compare(Relabelling.flipped().epochs(60), Relabelling.random(), Relabelling.ascent())
            .run();
    assertEquals(List.of(), results.failures());
    assertEquals(
        List.of("no forgetting", "untrained", "flipped labels", "random labels", "gradient ascent"),
        results.arms());
    assertEquals(0, value(results, "no forgetting", SkillMeasures.FORGET_RATIO), 1e-12);
    for (var skill : ChoiceSkill.values()) {
      assertEquals(0, value(results, "no forgetting", SkillMeasures.ratioOn(skill)), 1e-12);
    }
    assertEquals(
        value(results, "no forgetting", SkillMeasures.PROBE_BEFORE),
        value(results, "no forgetting", SkillMeasures.PROBE_AFTER));
    double kept = value(results, "no forgetting", SkillMeasures.TRAIN_ACCURACY);
    double flipped = value(results, "flipped labels", SkillMeasures.TRAIN_ACCURACY);
    assertTrue(kept > 0.9, "known " + kept);
    assertTrue(flipped < 0.3, "flipped " + flipped);
    for (String arm : results.arms()) {
      assertEquals(
          value(results, arm, SkillMeasures.ratioOn(ChoiceSkill.CAPITAL)),
          value(results, arm, SkillMeasures.FORGET_RATIO),
          arm);
      assertEquals(
          value(results, arm, SkillMeasures.HELD_OUT_ACCURACY) - 0.5,
          value(results, arm, SkillMeasures.FORGET_GAP),
          1e-12,
          arm);
    }
  }

  @Test
  void theSameStudyGivesTheSameRows() {
    var study =
        study(ChoiceSkill.CAPITAL).compare(Relabelling.random().epochs(2)).vary("items", 10, 60);
    var once = study.run();
    assertEquals(List.of(), once.failures());
    assertEquals(once.reproducible(), study.afresh().run().reproducible());
    var few = once.where("items", 10).rows().getLast();
    assertEquals(10, few.samples().get(SkillMeasures.TRAIN_ACCURACY.name()).items().size());
    assertEquals(20, few.samples().get(SkillMeasures.HELD_OUT_ACCURACY.name()).items().size());
  }

  @Test
  void whatIsMissingIsNamed() {
    var silent =
        SkillStudy.of(LEARNER).questions(60, 20).storedIn(store).compare(Relabelling.random());
    assertTrue(silent.run().failures().getFirst().error().orElseThrow().contains("forgetting("));
    var many = study(ChoiceSkill.PARITY).compare(Relabelling.random()).vary("items", 61).run();
    assertTrue(
        many.failures().getLast().error().orElseThrow().contains("1 to 60"),
        many.failures().toString());
  }
}
