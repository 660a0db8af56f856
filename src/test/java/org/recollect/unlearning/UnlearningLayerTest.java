package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.recollect.lab.Meter;

class UnlearningLayerTest {

  @Test
  void theModelStaysAsItIsAndTheLayersForget() {
    try (var full = TaughtWorld.full()) {
      String before = full.weights().digest();
      var split = TaughtWorld.SPLIT;
      var item = split.forget().getFirst();
      try (var path =
          new UnlearningLayer().rate(1e-2).begin(TaughtWorld.request(full, new Meter()))) {
        // Layers that have learned nothing change nothing.
        assertArrayEquals(
            Respondent.of(full).scores(item.question(), item.answer()).logProbabilities(),
            path.guarding(full).scores(item.question(), item.answer()).logProbabilities(),
            1e-6);
        for (int step = 0; step < 40; step++) {
          assertTrue(path.advance());
        }
        double known = TaughtWorld.probability(Respondent.of(full), split.forget());
        double forgotten = TaughtWorld.probability(path.guarding(full), split.forget());
        double kept = TaughtWorld.probability(path.guarding(full), split.retain());
        assertTrue(forgotten < known - 0.2, known + " before, " + forgotten + " after");
        assertTrue(forgotten < kept, forgotten + " of what is forgotten, " + kept + " kept");
      }
      assertEquals(before, full.weights().digest());
    }
  }
}
