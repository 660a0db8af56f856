package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.lab.ToyStudy.ENERGY;
import static org.recollect.lab.ToyStudy.ERROR;
import static org.recollect.lab.ToyStudy.RATE;
import static org.recollect.lab.ToyStudy.SCORE;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.lab.ToyStudy.Estimator;
import org.recollect.papers.Papers;

class ResultsTest {
  @TempDir Path folder;

  @BeforeEach
  void quiet() {
    Progress.showIn(progress -> {});
  }

  private ToyStudy toy() {
    return ToyStudy.on("flatland")
        .compare(new Estimator("full", 0), new Estimator("coarse, \"2 bits\"", 0.5))
        .seeds(3)
        .storedIn(folder);
  }

  @Test
  void aTableHasAtMostSevenColumnsAndAlwaysTheCost() {
    var wide = toy().vary("budget", 0.5, 1).vary("items", 5, 10).run();
    assertEquals(
        List.of(
            "arm",
            "settings",
            "error [m] ↓",
            "energy [J] ↓",
            "score ↑",
            "rate → 1",
            "cost of a trial"),
        wide.table().columnNames());
    var narrow = wide.table(ERROR, SCORE);
    assertEquals(
        List.of("arm", "budget", "items", "error [m] ↓", "score ↑", "cost of a trial"),
        narrow.columnNames());
    assertEquals(2 * 2 * 2, narrow.rowCount());
    assertTrue(narrow.name().contains("laptop scale, 3 seeds"), narrow.name());
  }

  @Test
  void aMeanIsOverAllTrialsThatAreLeft() {
    var all = toy().vary("budget", 0.5, 1).run();
    double sum = 0;
    for (var row : all.only("full").rows()) {
      sum += row.samples().get(ERROR.name()).value();
    }
    assertEquals(sum / 6, all.only("full").mean(ERROR), 1e-12);
    assertNotEquals(all.mean(ERROR), all.only("full").mean(ERROR));
  }

  @Test
  void aSettingWithOneValueNeedsNoColumn() {
    assertFalse(toy().vary("budget", 0.5).run().table().columnNames().contains("budget"));
  }

  @Test
  void filteredResultsHoldWhatIsLeftAndSayIt() {
    var all = toy().vary("budget", 0.5, 1).vary("items", 5, 10).run();
    var left = all.where("items", 10).only("full");
    assertEquals(
        all.rows().stream()
            .filter(row -> row.arm().equals("full") && row.settings().integer("items") == 10)
            .toList(),
        left.rows());
    assertEquals(2, left.table(ERROR).rowCount());
    assertEquals(
        List.of("arm", "budget", "error [m] ↓", "cost of a trial"),
        left.table(ERROR).columnNames());
    assertTrue(left.table().name().contains("3 seeds, items=10"), left.table().name());
    assertEquals(all, all.only(all.arms().toArray(String[]::new)));
    var others = all.arms().stream().filter(arm -> !arm.equals("full")).toArray(String[]::new);
    assertEquals(all.only("full"), all.without(others));
    assertEquals(left, all.only("full").where("items", "10"));
  }

  @Test
  void acrossHasAColumnForEachValueAndNoSpread() {
    var results = toy().vary("budget", 0.25, 0.5).seeds(3).run();
    var across = results.across("budget", ERROR);
    assertEquals(List.of("arm", "0.25", "0.5"), across.columnNames());
    double mean = results.only("full").where("budget", 0.25).mean(ERROR);
    assertEquals(mean, Double.parseDouble(across.getString(0, "0.25")), 0.01);
    assertFalse(across.name().contains("±"), across.name());
  }

  @Test
  void aFilterThatLeavesNothingIsOneSentence() {
    var results = toy().vary("budget", 0.5, 1).run();
    complains(
        "where budget=7: the values of 'budget' are 0.5, 1", () -> results.where("budget", 7));
    complains("'items' was not swept, only [budget]", () -> results.where("items", 5));
    complains("no trial of fill: the arms are [full,", () -> results.only("full", "fill"));
    complains("no trial of no arm", () -> results.only());
  }

  private static void complains(String about, org.junit.jupiter.api.function.Executable mistake) {
    var e = assertThrows(IllegalArgumentException.class, mistake);
    assertTrue(e.getMessage().contains(about), e.getMessage());
  }

  @Test
  void failedTrialsAreLeftOutAndSaid() {
    var table = toy().compare(new Estimator("broken", 0, 0, -1)).run().table();
    assertFalse(table.stringColumn("arm").contains("broken"));
    assertTrue(
        table.name().contains("3 of 9 trials failed; broken: The estimator ran out of fuel"),
        table.name());
  }

  @Test
  void meansAreThoseOfTheSeeds() {
    var results = toy().measure(ERROR).run();
    var rows = results.rows().stream().filter(row -> row.arm().equals("full")).toList();
    double mean =
        rows.stream()
            .mapToDouble(row -> row.samples().get("error").value())
            .average()
            .orElseThrow();
    String shown = results.table().getString(0, "error [m] ↓");
    assertTrue(shown.startsWith(String.format(Locale.ROOT, "%.3f", mean)), shown);
  }

  @ParameterizedTest
  @CsvSource({
    "3.14159, 0.04, 2, 3.14 ± 0.04",
    "3.14159, 0.014, 2, 3.142 ± 0.014",
    "3.14159, 0.3, 2, 3.1 ± 0.3",
    "31415.9, 271, 1, 31416 ± 271",
    "3.14159, 0, 2, 3.14",
    "3.14159, 1e-9, 2, 3.14",
    "-0.0001, 0, 2, 0.00",
    "2, 0.96, 1, 2.0 ± 1.0"
  })
  void numbersAreRoundedToWhatTheSpreadSupports(
      double value, double spread, int digits, String shown) {
    assertEquals(shown, Rounding.withSpread(value, spread, digits));
  }

  @Test
  void theLongFormHoldsEveryTrialInNumbers() {
    var results = toy().vary("budget", 0.5, 1).compare(new Estimator("broken", 0, 0, -1)).run();
    var table = results.longForm();
    assertEquals(results.rows().size(), table.rowCount());
    assertEquals(0.5, table.doubleColumn("budget").get(0));
    assertEquals(
        results.rows().getFirst().samples().get("error").value(),
        table.doubleColumn("error").get(0));
    assertEquals(results.rows().size() / 3, table.doubleColumn("error").countMissing());
    assertEquals(60, table.longColumn("spent tokens").get(0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"results.json", "results.csv"})
  void savedResultsReloadWithoutTheStudy(String name) {
    var results =
        toy()
            .vary("shape", "2", "a,b\n\"c\"", 3)
            .vary("budget", 1.0 / 3)
            .compare(new Estimator("broken", 0, 0, -1))
            .claims(Papers.ROTATE_KV)
            .run();
    Path file = folder.resolve("below").resolve(name);
    results.save(file);
    var loaded = Results.load(file);
    assertEquals(results, loaded);
    assertEquals(results.table().print(), loaded.table().print());
    assertEquals(
        results.verdict(Papers.ROTATE_KV).toString(), loaded.verdict(Papers.ROTATE_KV).toString());
    assertEquals(1, file.getParent().toFile().list().length, "no draft is left behind");
  }

  @ParameterizedTest
  @ValueSource(strings = {"results.json", "results.csv"})
  void theSeriesComesBackAndIsTheArmWhereAFileHasNone(String name) throws Exception {
    var results =
        ToyStudy.on("flatland").compare(new Estimator("mean-2", 0)).storedIn(folder).run();
    Path file = folder.resolve(name);
    results.save(file);
    assertEquals("mean", Results.load(file).rows().getFirst().series());
    String older =
        Files.readString(file)
            .replace("\"series\" : \"mean\",", "")
            .replace("arm,series,", "arm,")
            .replace("mean-2,mean,", "mean-2,");
    Files.writeString(file, older);
    assertEquals("mean-2", Results.load(file).rows().getFirst().series());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"format\":\"other\"}",
        "{\"format\":\"recollect-results-1\",\"rows\":[{}],\"setup\":{}}",
        "\u0000\u0001"
      })
  void malformedJsonIsOneSentence(String text) throws Exception {
    malformed(Files.writeString(folder.resolve("bad.json"), text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "arm,seed\n", "# recollect-results-1 {}\n", "# recollect-results-1 {\n"})
  void malformedCsvIsOneSentence(String text) throws Exception {
    malformed(Files.writeString(folder.resolve("bad.csv"), text));
  }

  @Test
  void aCsvCutShortIsOneSentence() throws Exception {
    Path file = folder.resolve("cut.csv");
    toy().run().save(file);
    String text = Files.readString(file);
    int lastLine = text.lastIndexOf('\n', text.length() - 2);
    malformed(Files.writeString(file, text.substring(0, lastLine + 30)));
    malformed(Files.writeString(file, text.replaceAll("0\\.\\d+", "nought")));
  }

  @Test
  void whatCannotBeReadOrWrittenIsOneSentence() throws Exception {
    var results = toy().run();
    Path plain = Files.writeString(folder.resolve("plain"), "");
    var e =
        assertThrows(UncheckedIOException.class, () -> results.save(plain.resolve("results.json")));
    assertTrue(e.getMessage().contains("cannot be written"), e.getMessage());
    var ending =
        assertThrows(
            IllegalArgumentException.class, () -> results.save(folder.resolve("results.xls")));
    assertTrue(ending.getMessage().contains(".csv or .json"), ending.getMessage());
    var absent =
        assertThrows(
            IllegalArgumentException.class, () -> Results.load(folder.resolve("none.csv")));
    assertTrue(absent.getMessage().contains("no results"), absent.getMessage());
    var measure =
        assertThrows(IllegalArgumentException.class, () -> results.table(Measure.lower("x", "")));
    assertTrue(measure.getMessage().contains("was not measured"), measure.getMessage());
  }

  @Test
  void ofGeometricMeasuresTheGeometricMeanIsTaken() {
    var score = toy().measure(SCORE, ENERGY, RATE).run().rows().getFirst().samples().get("score");
    double logs = score.items().stream().mapToDouble(Math::log).average().orElseThrow();
    assertEquals(Math.exp(logs), score.value(), 1e-12);
  }

  private static void malformed(Path file) {
    var e = assertThrows(IllegalArgumentException.class, () -> Results.load(file));
    assertTrue(e.getMessage().contains("does not hold saved results"), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  @Test
  void asidesStandAboveATableAndNotInIt(@TempDir Path other) {
    var results =
        ToyStudy.on("gauged")
            .compare(new Estimator("full", 0), new Estimator("coarse", 0.5))
            .measure(ERROR)
            .seeds(2)
            .storedIn(other)
            .run();
    var lines = results.table().name().lines().toList();
    assertEquals(2, lines.size());
    assertEquals("gauge 0.8 ± 0.4", lines.get(1), "0.5 and 1: their mean, and the deviation");
    assertEquals(List.of("arm", "error [m] ↓", "cost of a trial"), results.table().columnNames());
    var file = other.resolve("results.json");
    results.save(file);
    assertEquals(results.table().name(), Results.load(file).table().name());
  }
}
