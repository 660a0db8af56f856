package org.recollect.unlearning.skill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.data.ChoiceSkill;
import org.recollect.lab.Identity;
import org.recollect.lab.Ledger;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.lab.Row;
import org.recollect.lab.Sample;
import org.recollect.lab.Scale;
import org.recollect.lab.Settings;
import org.recollect.lab.Setup;

class SkillMatrixTest {
  private static final int SKILLS = ChoiceSkill.values().length;

  /// A world in which half of the tested skills are forgotten whatever is forgotten, and the others
  /// never: ratios 1 in the first four columns, 0 in the others.
  private static Results byColumn() {
    var rows = new ArrayList<Row>();
    for (var forgotten : ChoiceSkill.values()) {
      var samples = new LinkedHashMap<String, Sample>();
      int place = forgotten.ordinal();
      put(samples, SkillMeasures.TRAIN_ACCURACY, place == 2 ? 0.1 : 0.6);
      put(samples, SkillMeasures.PROBE_BEFORE, 0.9);
      put(samples, SkillMeasures.PROBE_AFTER, 0.8);
      put(samples, SkillMeasures.CONFIDENCE, place);
      put(samples, SkillMeasures.STATE_VARIANCE, -place);
      put(samples, SkillMeasures.ACCURACY_BEFORE, 0.5 + place * 0.01);
      for (var tested : ChoiceSkill.values()) {
        put(samples, SkillMeasures.ratioOn(tested), tested.ordinal() < SKILLS / 2 ? 1 : 0);
      }
      var settings = Settings.NONE.with(SkillStudy.FORGOTTEN, forgotten.title());
      rows.add(
          new Row(
              "",
              "random labels",
              "random labels",
              settings,
              1,
              samples,
              Ledger.NONE,
              Optional.empty(),
              Set.of("declared")));
    }
    var identity = new Identity("nobody", "0");
    return new Results(
        new Setup("SkillStudy", identity, identity, Scale.SMOKE, 1, SkillMeasures.ofTrials()),
        rows);
  }

  private static void put(LinkedHashMap<String, Sample> samples, Measure measure, double value) {
    samples.put(measure.name(), new Sample(value, List.of()));
  }

  private static double value(Results results, Measure measure) {
    return results.rows().getFirst().samples().get(measure.name()).value();
  }

  @Test
  void byHand() {
    var whole = SkillMatrix.results(byColumn());
    assertEquals(1, whole.rows().size());
    assertEquals(Set.of("declared"), whole.rows().getFirst().declared());
    // Seven skills are a tenth from chance, and the third is four.
    assertEquals(0.4, value(whole, SkillMeasures.TRAIN_DISTANCE), 1e-12);
    // Of the seven others four are at a distance of 1.
    assertEquals(4.0 / 7, value(whole, SkillMeasures.RATIO_SPREAD), 1e-12);
    // Every column is half from the grand mean, every row is at it.
    assertEquals(0.5, value(whole, SkillMeasures.COLUMNS_OVER_ROWS), 1e-12);
    // .3 are left of .4, and .36 were asked for.
    assertEquals(-0.06, value(whole, SkillMeasures.PROBE_SURPLUS), 1e-12);
    // Ranks 1 to 8 against 6.5 four times and 2.5 four times: 32 / sqrt(42 * 32).
    assertEquals(-32 / Math.sqrt(42 * 32), value(whole, SkillMeasures.CONFIDENCE_ORDER), 1e-12);
    assertEquals(32 / Math.sqrt(42 * 32), value(whole, SkillMeasures.VARIANCE_ORDER), 1e-12);
  }

  @Test
  void likeSkillsStandSideBySide() {
    var heat = SkillMatrix.heat(byColumn(), "random labels");
    for (double[] row : heat.values()) {
      assertArrayEquals(new double[] {1, 1, 1, 1, 0, 0, 0, 0}, row, 1e-12);
    }
    assertEquals(
        IntStream.range(0, SKILLS).mapToObj(i -> ChoiceSkill.values()[i].title()).toList(),
        heat.columns());
  }

  @Test
  void aMatrixNeedsEverySkill() {
    var whole = byColumn();
    var part = new Results(whole.setup(), whole.rows().subList(1, SKILLS));
    var refused = assertThrows(IllegalArgumentException.class, () -> SkillMatrix.results(part));
    assertTrue(refused.getMessage().contains("forgetting("), refused.getMessage());
  }
}
