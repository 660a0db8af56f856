package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.lab.ToyStudy.Estimator;
import org.recollect.papers.Claim;
import org.recollect.papers.Expectation;
import org.recollect.papers.Expectation.Better;
import org.recollect.papers.Expectation.Within;
import org.recollect.papers.Family;
import org.recollect.papers.Paper;
import org.recollect.papers.Provenance;
import org.recollect.papers.Sheet;
import org.recollect.tensor.RandomStream;

class VerdictTest {
  private static final Measure LOSS = Measure.lower("loss", "nat").range(0, 100).digits(3);
  private static final Measure RECALL = Measure.higher("recall", "").range(0, 1).digits(3);
  private static final Measure BYTES = Measure.lower("bytes", "B").range(0, 1e12).counted();
  private static final Measure RATE = Measure.closer("rate", "", 1).range(0, 3);

  @TempDir Path folder;

  /// Rows under construction, all declared for one paper.
  private final List<Row> rows = new ArrayList<>();

  @BeforeEach
  void quiet() {
    Progress.showIn(progress -> {});
  }

  private static Paper paper(Expectation... expectations) {
    var claims =
        IntStream.range(0, expectations.length)
            .mapToObj(i ->
                new Claim(
                    "claim-" + i, "It holds.", Claim.NOT_STATED, Optional.of(expectations[i])))
            .toList();
    return new Paper(
        1,
        "toy",
        "A Toy Paper",
        "Toy",
        2025,
        Family.KV,
        List.of("000"),
        new Sheet("toy.md", "Toy", Set.of(Provenance.INFERRED)),
        "A problem.",
        "An idea.",
        claims.isEmpty()
            ? List.of(new Claim("vague", "Better.", Claim.NOT_STATED, Optional.empty()))
            : claims,
        Optional.empty());
  }

  private void row(
      Paper paper,
      String arm,
      int seed,
      Settings settings,
      Measure measure,
      int items,
      IntToDoubleFunction item) {
    double[] values = IntStream.range(0, Math.max(1, items)).mapToDouble(item).toArray();
    var samples = new LinkedHashMap<String, Sample>();
    samples.put(
        measure.name(),
        new Sample(
            measure.average().of(values),
            items == 0 ? List.of() : IntStream.range(0, items).mapToObj(i -> values[i]).toList()));
    rows.add(
        new Row(
            "",
            arm,
            arm,
            settings,
            seed,
            samples,
            Ledger.NONE,
            Optional.empty(),
            Set.of(Declaration.of(paper))));
  }

  private Finding judge(Paper paper, Scale scale) {
    return verdict(paper, scale).findings().getFirst();
  }

  private Verdict verdict(Paper paper, Scale scale) {
    var identity = new Identity("toy", "0");
    var setup = new Setup("Toy", identity, identity, scale, 3, List.of(LOSS, RECALL, BYTES, RATE));
    return new Results(setup, rows).verdict(paper);
  }

  /// Three seeds of twenty items, on which the second arm is worse by the gap and the noise.
  private Finding compare(Expectation expectation, double gap, double noise, Scale scale) {
    rows.clear();
    var paper = paper(expectation);
    for (int seed = 1; seed <= 3; seed++) {
      var random = RandomStream.of(seed, "items");
      double[] shared =
          IntStream.range(0, 20).mapToDouble(i -> 20 + 5 * random.nextGaussian()).toArray();
      row(paper, "good", seed, Settings.NONE, LOSS, 20, i -> shared[i]);
      row(
          paper,
          "bad",
          seed,
          Settings.NONE,
          LOSS,
          20,
          i -> shared[i] + gap + noise * random.nextGaussian());
    }
    return judge(paper, scale);
  }

  private static Better better(Measure measure, double margin) {
    return new Better(measure.name(), "good", "bad", margin, Map.of());
  }

  @Test
  void theWholeIntervalDecides() {
    var claim = better(LOSS, 0);
    assertEquals(Ruling.SUPPORTED, compare(claim, 1, 0.5, Scale.LAPTOP).ruling());
    assertEquals(Ruling.NOT_SUPPORTED, compare(claim, -1, 0.5, Scale.LAPTOP).ruling());
    assertEquals(Ruling.INCONCLUSIVE, compare(claim, 0.01, 2, Scale.LAPTOP).ruling());
    assertEquals(Ruling.SMOKE, compare(claim, 1, 0.5, Scale.SMOKE).ruling());
    var finding = compare(claim, 1, 0.5, Scale.FULL);
    assertEquals(60, finding.units());
    assertTrue(finding.interval().orElseThrow().contains(1), finding::measured);
  }

  @Test
  void theMarginMovesTheThreshold() {
    assertEquals(Ruling.SUPPORTED, compare(better(LOSS, 0.5), 1, 0.5, Scale.LAPTOP).ruling());
    assertEquals(Ruling.NOT_SUPPORTED, compare(better(LOSS, 2), 1, 0.5, Scale.LAPTOP).ruling());
    assertEquals(Ruling.SUPPORTED, compare(better(LOSS, -2), -1, 0.5, Scale.LAPTOP).ruling());
    assertEquals(Ruling.NOT_SUPPORTED, compare(better(LOSS, -0.5), -1, 0.5, Scale.LAPTOP).ruling());
  }

  @Test
  void aBoundIsHeldOrBroken() {
    assertEquals(Ruling.SUPPORTED, compare(within(40), 0, 0, Scale.LAPTOP).ruling());
    assertEquals(Ruling.NOT_SUPPORTED, compare(within(10), 0, 0, Scale.LAPTOP).ruling());
    assertEquals(Ruling.INCONCLUSIVE, compare(within(20), 0, 0, Scale.LAPTOP).ruling());
  }

  private static Within within(double bound) {
    return new Within(LOSS.name(), "good", bound, Map.of());
  }

  @Test
  void fewerThanSixUnitsDecideNothing() {
    var paper = paper(better(LOSS, 0));
    for (int seed = 1; seed <= 5; seed++) {
      row(paper, "good", seed, Settings.NONE, LOSS, 0, i -> 1);
      row(paper, "bad", seed, Settings.NONE, LOSS, 0, i -> 9);
    }
    var few = judge(paper, Scale.LAPTOP);
    assertEquals(Ruling.INCONCLUSIVE, few.ruling());
    assertTrue(few.measured().contains("too few for an interval: 5 units"), few::measured);
    row(paper, "good", 6, Settings.NONE, LOSS, 0, i -> 1);
    row(paper, "bad", 6, Settings.NONE, LOSS, 0, i -> 9);
    assertEquals(Ruling.SUPPORTED, judge(paper, Scale.LAPTOP).ruling());
  }

  @Test
  void theSameItemUnderTwoSettingsIsOneUnit() {
    var paper = paper(better(LOSS, 0));
    for (int seed = 1; seed <= 2; seed++) {
      for (double budget : new double[] {0.25, 0.5}) {
        var settings = Settings.NONE.with("budget", budget);
        row(paper, "good", seed, settings, LOSS, 4, i -> i);
        row(paper, "bad", seed, settings, LOSS, 4, i -> i + budget);
      }
    }
    var finding = judge(paper, Scale.LAPTOP);
    assertEquals(8, finding.units());
    assertTrue(finding.measured().contains("+0.375"), finding::measured);
  }

  @Test
  void aConditionSelectsItsTrials() {
    var paper = paper(new Better("loss", "good", "bad", 0, Map.of("outliers", "none")));
    for (String outliers : List.of("none", "all")) {
      var settings = Settings.NONE.with("outliers", outliers);
      double worse = outliers.equals("none") ? 1 : -50;
      row(paper, "good", 1, settings, LOSS, 10, i -> 60 + i);
      row(paper, "bad", 1, settings, LOSS, 10, i -> 60 + i + worse);
    }
    assertEquals(Ruling.SUPPORTED, judge(paper, Scale.LAPTOP).ruling());
  }

  /// That 200 of 200 items agree still allows, at 2.5 %, a share of 1 - 0.025^(1/200) = 0.0183 that
  /// does not: enough for an allowance of 0.05, not for one of 0.017.
  @Test
  void unanimousItemsAreNotCertainty() {
    for (double allowance : new double[] {0.05, 0.017}) {
      rows.clear();
      var paper = paper(better(RECALL, -allowance));
      row(paper, "good", 1, Settings.NONE, RECALL, 200, i -> 1);
      row(paper, "bad", 1, Settings.NONE, RECALL, 200, i -> 1);
      var finding = judge(paper, Scale.LAPTOP);
      assertEquals(-0.0183, finding.interval().orElseThrow().low(), 1e-4);
      assertEquals(allowance == 0.05 ? Ruling.SUPPORTED : Ruling.INCONCLUSIVE, finding.ruling());
    }
  }

  @Test
  void aCountNeedsNoInterval() {
    var paper = paper(better(BYTES, 0));
    row(paper, "good", 1, Settings.NONE, BYTES, 0, i -> 64);
    row(paper, "bad", 1, Settings.NONE, BYTES, 0, i -> 80);
    assertEquals(Ruling.SUPPORTED, judge(paper, Scale.LAPTOP).ruling());
    rows.clear();
    row(paper, "good", 1, Settings.NONE, BYTES, 0, i -> 80);
    row(paper, "bad", 1, Settings.NONE, BYTES, 0, i -> 80);
    assertEquals(Ruling.NOT_SUPPORTED, judge(paper, Scale.LAPTOP).ruling(), "a tie is no gain");
  }

  @Test
  void closerToTheIdealIsBetter() {
    var paper = paper(better(RATE, 0));
    for (int seed = 1; seed <= 2; seed++) {
      row(paper, "good", seed, Settings.NONE, RATE, 8, i -> 1.1 + 0.01 * i);
      row(paper, "bad", seed, Settings.NONE, RATE, 8, i -> 0.5 + 0.01 * i);
    }
    var finding = judge(paper, Scale.LAPTOP);
    assertEquals(Ruling.SUPPORTED, finding.ruling());
    // |1 - 0.535| - |1.135 - 1| = 0.33
    assertTrue(finding.interval().orElseThrow().contains(0.33), finding::measured);
  }

  @Test
  void whatWasNotRunIsNotTested() {
    var paper = paper(new Better("loss", "good", "absent", 0, Map.of()));
    row(paper, "good", 1, Settings.NONE, LOSS, 10, i -> i);
    var finding = judge(paper, Scale.LAPTOP);
    assertEquals(Ruling.NOT_TESTED, finding.ruling());
    assertEquals("not among the arms: absent", finding.measured());
    assertTrue(verdict(paper, Scale.LAPTOP).tested().findings().isEmpty());

    rows.clear();
    var other = paper(new Better("luck", "good", "bad", 0, Map.of()));
    row(other, "good", 1, Settings.NONE, LOSS, 10, i -> i);
    assertEquals("the study did not measure 'luck'", judge(other, Scale.LAPTOP).measured());

    rows.clear();
    var vague = paper();
    row(vague, "good", 1, Settings.NONE, LOSS, 10, i -> i);
    assertEquals(Ruling.NOT_TESTED, judge(vague, Scale.LAPTOP).ruling());
  }

  @Test
  void armsMustHaveSeenTheSameItems() {
    var paper = paper(better(LOSS, 0));
    row(paper, "good", 1, Settings.NONE, LOSS, 10, i -> i);
    row(paper, "bad", 1, Settings.NONE, LOSS, 9, i -> i);
    var e = assertThrows(IllegalStateException.class, () -> judge(paper, Scale.LAPTOP));
    assertTrue(e.getMessage().contains("the same items"), e.getMessage());
  }

  @Test
  void claimsAreDeclaredBeforeTheRun() {
    var paper = paper(new Better("error", "fine", "coarse", 0, Map.of()));
    var moved = paper(new Better("error", "fine", "coarse", -9, Map.of()));
    var study =
        ToyStudy.on("flatland")
            .compare(new Estimator("fine", 0.1), new Estimator("coarse", 0.5))
            .measure(ToyStudy.ERROR)
            .storedIn(folder);
    complains("were not declared", () -> study.run().verdict(paper));
    var late = study.claims(paper);
    complains("before 2 of the 2 trials ran", () -> late.run().verdict(paper));
    var results = late.afresh().run();
    assertEquals(Ruling.SUPPORTED, results.verdict(paper).on("claim-0").ruling());
    complains("as they stand now", () -> results.verdict(moved));
    assertEquals(Ruling.SUPPORTED, late.run().verdict(paper).on("claim-0").ruling());
  }

  @Test
  void onlyWhatIsLeftIsJudged() {
    var paper = paper(better(LOSS, 0));
    for (String format : List.of("a", "b")) {
      var settings = Settings.NONE.with("format", format);
      row(paper, "good", 1, settings, LOSS, 20, i -> i);
      row(paper, "bad", 1, settings, LOSS, 20, i -> format.equals("a") ? i + 1 : i - 1);
    }
    var identity = new Identity("toy", "0");
    var setup = new Setup("Toy", identity, identity, Scale.LAPTOP, 1, List.of(LOSS));
    var results = new Results(setup, rows);
    var left = results.where("format", "a").verdict(paper);
    assertEquals(Ruling.SUPPORTED, left.findings().getFirst().ruling());
    assertTrue(left.title().endsWith("format=a"), left::title);
    assertEquals(
        Ruling.NOT_SUPPORTED,
        results.where("format", "b").verdict(paper).findings().getFirst().ruling());
    var alone = results.only("good").verdict(paper).findings().getFirst();
    assertEquals(Ruling.NOT_TESTED, alone.ruling());
    assertEquals("not among the arms: bad", alone.measured());
  }

  @Test
  void theTableSaysItAll() {
    compare(better(LOSS, 0), 1, 0.5, Scale.LAPTOP);
    var identity = new Identity("toy", "0");
    var setup = new Setup("Toy", identity, identity, Scale.LAPTOP, 3, List.of(LOSS));
    var verdict = new Results(setup, rows).verdict(paper(better(LOSS, 0)));
    assertEquals(
        List.of("claim", "expected", "paper's figure", "measured", "verdict"),
        verdict.table().columnNames());
    assertTrue(verdict.title().contains("laptop scale"), verdict::title);
    assertEquals("SUPPORTED", verdict.table().getString(0, "verdict"));
    assertEquals(1, verdict.count(Ruling.SUPPORTED));
    assertFalse(verdict.toString().isBlank());
  }

  private static void complains(String about, org.junit.jupiter.api.function.Executable mistake) {
    var e = assertThrows(IllegalStateException.class, mistake);
    assertTrue(e.getMessage().contains(about), e.getMessage());
  }
}
