package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.lab.ToyStudy.ENERGY;
import static org.recollect.lab.ToyStudy.ERROR;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.lab.ToyStudy.Estimator;

class StudyTest {
  @TempDir Path folder;

  private final List<Progress> shown = new ArrayList<>();

  @BeforeEach
  void listen() {
    Progress.showIn(shown::add);
  }

  @AfterEach
  void restore() {
    Progress.showIn(Progress.plainLines());
    System.clearProperty("recollect.scale");
  }

  private ToyStudy toy() {
    return ToyStudy.on("flatland")
        .compare(new Estimator("full", 0), new Estimator("coarse", 0.5))
        .vary("budget", 0.5, 1)
        .measure(ERROR, ENERGY)
        .seeds(3)
        .storedIn(folder);
  }

  @Test
  void rowsAreTheProductOfSeedsSettingsAndArms() {
    var rows = toy().run().rows();
    assertEquals(12, rows.size());
    assertEquals(
        List.of("full", "coarse", "full", "coarse"),
        rows.stream().limit(4).map(Row::arm).toList(),
        "arms innermost");
    assertTrue(rows.stream().limit(4).allMatch(row -> row.seed() == 1), "seeds outermost");
    assertEquals("budget=0.5", rows.getFirst().settings().toString());
    assertEquals(20, rows.getFirst().samples().get("error").items().size());
  }

  @Test
  void anArmThatIgnoresASettingRunsOnceForAllItsValues() {
    var study = toy();
    var rows = study.run().rows();
    assertEquals(3 + 6, study.trialsRun());
    var full = rows.stream().filter(row -> row.arm().equals("full") && row.seed() == 2).toList();
    assertEquals(full.get(0).samples(), full.get(1).samples());
    assertEquals("budget=1", full.get(1).settings().toString());
  }

  @Test
  void theSameStudyGivesTheSameRows() {
    var once = toy().run();
    var again = toy().storedIn(folder.resolve("other")).run();
    assertEquals(once.reproducible(), again.reproducible());
  }

  @Test
  void finishedTrialsAreServedFromTheStore() {
    var once = toy().run();
    var study = toy();
    assertEquals(once.rows(), study.run().rows());
    assertEquals(0, study.trialsRun());
    assertEquals(12, shown.getLast().reused());
  }

  @Test
  void aLargerStudyRunsOnlyWhatIsNew() {
    toy().run();
    var larger = toy().compare(new Estimator("rough", 1)).seeds(4);
    larger.run();
    assertEquals(3 * 2 + 1 + 2 + 2, larger.trialsRun());
  }

  @Test
  void afreshRunsStoredTrialsAgain() {
    toy().run();
    var study = toy().afresh();
    study.run();
    assertEquals(9, study.trialsRun());
  }

  @Test
  void aFailedTrialIsRecordedAndTheStudyGoesOn() {
    var study = toy().compare(new Estimator("broken", 0, 0.1, -1));
    var results = study.run();
    assertEquals(18, results.rows().size());
    assertEquals(6, results.failures().size());
    assertEquals(
        "The estimator ran out of fuel; fill it up.",
        results.failures().getFirst().error().orElseThrow());
    assertEquals(6, shown.getLast().failed());
    var second = toy().compare(new Estimator("broken", 0, 0.1, -1));
    second.run();
    assertEquals(6, second.trialsRun(), "failed trials are tried again, finished ones are not");
  }

  @Test
  void aMeasuredValueOutsideItsRangeFailsTheTrial() {
    var results = toy().measure(ToyStudy.RATE).compare(new Estimator("wild", 50)).run();
    assertTrue(
        results.failures().getFirst().error().orElseThrow().contains("finite number from 0.0"));
  }

  @Test
  void anInterruptKeepsWhatIsFinished() {
    var stopped =
        toy()
            .watchedBy(count -> {
              if (count == 4) {
                Thread.currentThread().interrupt();
              }
            });
    var e = assertThrows(CancellationException.class, stopped::run);
    assertTrue(e.getMessage().contains("run it again"), e.getMessage());
    assertFalse(Thread.currentThread().isInterrupted());
    var resumed = toy();
    resumed.run();
    assertEquals(9 - 5, resumed.trialsRun());
  }

  @Test
  void progressCountsEveryTrialAndEstimatesTheRest() {
    toy().run();
    assertEquals("full", shown.getFirst().arm());
    assertEquals(0, shown.getFirst().done());
    assertTrue(shown.getFirst().remaining().isEmpty());
    assertTrue(shown.get(1).remaining().isPresent());
    assertTrue(shown.getLast().finished());
    assertTrue(shown.getFirst().toString().startsWith("ToyStudy: trial 1 of 12, full"));
  }

  @Test
  void halfASentenceCanBeReused() {
    var half = ToyStudy.on("flatland").compare(new Estimator("full", 0)).storedIn(folder);
    var three = half.seeds(3);
    assertEquals(1, half.run().rows().size());
    assertEquals(3, three.run().rows().size());
  }

  @Test
  void mistakesAreOneSentence() {
    var toy = toy();
    complains("no setting 'budgte'", () -> toy.vary("budgte", 1));
    complains("does not measure", () -> toy.measure(Measure.lower("luck", "")));
    complains("stands twice", () -> toy.compare(new Estimator("full", 1)));
    complains("stands twice", () -> toy.vary("budget", 1, 1.0));
    complains("finite numbers", () -> toy.vary("budget", Double.NaN));
    complains("at least one seed", () -> toy.seeds(0));
    complains("nothing to compare", () -> ToyStudy.on("empty").run());
    System.setProperty("recollect.scale", "huge");
    complains("smoke, laptop or full", toy::run);
  }

  private static void complains(String about, org.junit.jupiter.api.function.Executable mistake) {
    var e = assertThrows(RuntimeException.class, mistake);
    assertTrue(e.getMessage().contains(about), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }
}
