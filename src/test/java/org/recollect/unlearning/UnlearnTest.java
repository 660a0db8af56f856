package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.FictiBio;

class UnlearnTest {
  private static final List<Unlearner> ARMS =
      List.of(
          Unlearn.ascent(),
          Unlearn.gradDiff(),
          Unlearn.kl(),
          Unlearn.fineTuning(),
          Unlearn.npo(),
          Unlearn.simNpo(),
          Unlearn.idkDpo(),
          Unlearn.refusing(),
          Unlearn.rmu(),
          Unlearn.undial(),
          Unlearn.satImp(),
          Unlearn.wga(),
          Unlearn.ceU(),
          Unlearn.taskVector().step(2),
          Unlearn.whoIsHarryPotter().step(2));

  @TempDir Path store;

  /// Two steps of each change what is said of what is to be forgotten.
  @Test
  void everyDoorLeadsSomewhere() {
    var results =
        UnlearningStudy.of(Learner.blank(32, 2).taughtBy(new Memorising(12, 16, 1e-2)))
            .forget(FictiBio.of(5).persons(10).forget(0.1))
            .compare(ARMS.toArray(Unlearner[]::new))
            .judgedBy(4)
            .vary("steps", 2)
            .measure(UnlearningMeasures.FORGET_PROBABILITY, UnlearningMeasures.STEPS)
            .storedIn(store)
            .run();
    assertEquals(List.of(), results.failures());
    var seen = new HashSet<Double>();
    for (var row : results.rows()) {
      double probability = row.samples().get("forget probability").value();
      seen.add(probability);
      if (ARMS.stream().anyMatch(arm -> arm.name().equals(row.arm()))) {
        assertEquals(2, row.samples().get("steps").value(), row.arm());
      }
    }
    // No two arms do the same, and none leaves the full model as it was.
    assertEquals(ARMS.size() + 2, seen.size());
  }

  @Test
  void configurationsTellArmsApart() {
    var configurations = ARMS.stream().map(Unlearner::configuration).distinct().count();
    assertEquals(ARMS.size(), configurations);
    assertNotEquals(Unlearn.rmu().configuration(), Unlearn.rmu(new Rmu().at(1)).configuration());
    assertNotEquals(
        Unlearn.npo().configuration(), Unlearn.npo().forgetting(new Npo(1)).configuration());
  }
}
