package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TuningTest {
  @TempDir Path store;

  @Test
  void everyArmTriesTheSameRatesAndKeepsTheBest() {
    var study =
        UnlearningStudy.of(TaughtWorld.LEARNER)
            .forget(TaughtWorld.SPLIT)
            .judgedBy(6)
            .atMost(30)
            .storedIn(store);
    var pruning = new SelectivePruning(0.02);
    // At the first rate nothing moves.
    var tuned = Tuning.on(study, 1e-9, 1e-3).of(Unlearn.gradDiff(), pruning, Unlearn.ascent());
    assertEquals(List.of(), tuned.results().failures());
    assertEquals(
        List.of("GradDiff", "selective pruning", "GA"),
        tuned.arms().stream().map(Unlearner::name).toList());
    assertEquals(1e-3, ((Descent) tuned.arms().getFirst()).rate());
    assertSame(pruning, tuned.arms().get(1));
    assertEquals(
        List.of(
            "full model",
            "retrain oracle",
            "GradDiff, rate 1.0E-9",
            "GradDiff, rate 0.001",
            "GA, rate 1.0E-9",
            "GA, rate 0.001"),
        tuned.results().arms());
    assertThrows(IllegalArgumentException.class, () -> Tuning.on(study));
  }
}
