package org.recollect.continual.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.recollect.continual.ContinualMeasures;
import org.recollect.lab.Identity;
import org.recollect.lab.Ledger;
import org.recollect.lab.Results;
import org.recollect.lab.Row;
import org.recollect.lab.Sample;
import org.recollect.lab.Scale;
import org.recollect.lab.Settings;
import org.recollect.lab.Setup;

class EqualGainTest {
  private final List<Row> rows = new ArrayList<>();

  /// @param gain over a first score of -2 in one task and of -1 in the other, half of it in each
  private void trial(String arm, int seed, int steps, double gain, double change) {
    var samples = new LinkedHashMap<String, Sample>();
    var last = List.of(-2 + gain / 2, -1 + 3 * gain / 2);
    samples.put(ContinualMeasures.PERFORMANCE.name(), new Sample(-1.5 + gain, last));
    samples.put(
        ContinualMeasures.SCORES.name(),
        new Sample(0, List.of(-2., -1., -9., -9., last.get(0), last.get(1))));
    samples.put(ContinualMeasures.GENERAL_CHANGE.name(), new Sample(change, List.of()));
    rows.add(
        new Row(
            "",
            arm,
            arm,
            Settings.NONE.with("steps", steps),
            seed,
            samples,
            Ledger.NONE,
            Optional.empty(),
            Set.of("declared")));
  }

  private EqualGain curves() {
    var digest = "0".repeat(64);
    var measures =
        List.of(
            ContinualMeasures.PERFORMANCE,
            ContinualMeasures.SCORES,
            ContinualMeasures.GENERAL_CHANGE);
    return EqualGain.of(
        new Results(
            new Setup(
                "study",
                new Identity("subject", digest),
                new Identity("material", digest),
                Scale.LAPTOP,
                2,
                measures),
            rows));
  }

  private double change(Results results, String arm, int seed) {
    return results.rows().stream()
        .filter(row -> row.arm().equals(arm) && row.seed() == seed)
        .findFirst()
        .orElseThrow()
        .samples()
        .get(EqualGain.GENERAL_AT_GAIN.name())
        .value();
  }

  /// The slow arm gets to .4 with seed 1 and to .3 with seed 2, the fast one far beyond.
  @Test
  void armsAreComparedWhereAllHaveBeen() {
    trial("fast", 1, 20, .6, -.3);
    trial("fast", 1, 10, .2, -.1);
    trial("fast", 2, 10, .6, -.12);
    trial("fast", 2, 20, 1, -.5);
    trial("slow", 1, 10, .1, 0);
    trial("slow", 1, 20, .4, -.3);
    trial("slow", 2, 10, .3, -.03);
    trial("slow", 2, 20, .2, -.05);
    var curves = curves();
    assertEquals(.3, curves.common(), 1e-12);
    var all = curves.at(1);
    assertEquals(-.15, change(all, "fast", 1), 1e-12);
    assertEquals(-.06, change(all, "fast", 2), 1e-12);
    assertEquals(-.2, change(all, "slow", 1), 1e-12);
    assertEquals(-.03, change(all, "slow", 2), 1e-12);
    var half = curves.at(.5, 1).where(EqualGain.GAIN, .5);
    assertEquals(-.075, change(half, "fast", 1), 1e-12);
    assertEquals(-.05, change(half, "slow", 1), 1e-12);
    assertEquals(Set.of("declared"), half.rows().getFirst().declared());
  }

  @Test
  void whoGainsNothingFailsAndHoldsNobodyUp() {
    trial("learns", 1, 10, .4, -.2);
    trial("never", 1, 10, -.1, -.3);
    var all = curves().at(1);
    assertEquals(.4, curves().common(), 1e-12);
    assertEquals(-.2, change(all, "learns", 1), 1e-12);
    assertEquals(List.of("never"), all.failures().stream().map(Row::arm).toList());
  }

  @Test
  void aPathIsMetWhereItFirstRises() {
    double[] up = {0, 1, .5, 2};
    double[] beside = {0, -10, -20, -30};
    assertEquals(-5, EqualGain.crossing(up, beside, .5).orElseThrow());
    assertEquals(-10, EqualGain.crossing(up, beside, 1).orElseThrow());
    assertEquals(-25, EqualGain.crossing(up, beside, 1.25).orElseThrow());
    assertTrue(EqualGain.crossing(up, beside, 2.1).isEmpty());
  }

  @Test
  void refusesWhatHasNoCurves() {
    trial("one", 1, 10, 0, 0);
    assertThrows(IllegalStateException.class, () -> curves().at(1));
    rows.replaceAll(row ->
        new Row(
            "",
            "one",
            "one",
            Settings.NONE,
            1,
            row.samples(),
            Ledger.NONE,
            Optional.empty(),
            Set.of()));
    assertThrows(IllegalArgumentException.class, this::curves);
  }
}
