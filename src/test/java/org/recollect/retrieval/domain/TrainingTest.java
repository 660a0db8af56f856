package org.recollect.retrieval.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.recollect.lab.Meter;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;

class TrainingTest {
  private static final int[][] TEXTS = {{1, 2, 3, 1, 2, 3, 1}, {2, 3, 1, 2, 3, 1, 2}};

  @Test
  void learnsTheTextsAndRepeatsItself() {
    var shape = new ModelConfig(5, 12, 16, 1, 2, 2, 6, 10_000, 1e-5, 16, true);
    var tuning = new Training(40, 1, 1e-2);
    assertEquals(480, tuning.predictions(TEXTS));
    try (var one = Models.random(shape, 1);
        var other = Models.random(shape, 1)) {
      double before = Interpolation.loss(Predictor.of(one).logLikelihoods(TEXTS));
      tuning.run(one, one.weights(), TEXTS, 3, new Meter());
      tuning.run(other, other.weights(), TEXTS, 3, new Meter());
      double after = Interpolation.loss(Predictor.of(one).logLikelihoods(TEXTS));
      assertTrue(after < before / 2, before + " to " + after);
      assertEquals(one.weights().digest(), other.weights().digest());
    }
  }

  @Test
  void refusesToLearnNothing() {
    assertThrows(IllegalArgumentException.class, () -> new Training(0, 1, 1));
    assertThrows(IllegalArgumentException.class, () -> new Training(1, 1, 0));
  }
}
