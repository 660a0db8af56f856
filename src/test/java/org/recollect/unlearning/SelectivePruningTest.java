package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;

class SelectivePruningTest {

  private static long silent(LanguageModel model) {
    long silent = 0;
    for (int layer = 0; layer < model.config().layers(); layer++) {
      var weight = model.weight("model.layers." + layer + ".mlp.down_proj");
      float[] values = Memory.toFloats(weight);
      int neurons = (int) weight.getShape().get(1);
      for (int i = 0; i < neurons; i++) {
        boolean all = true;
        for (int at = i; at < values.length; at += neurons) {
          all &= values[at] == 0;
        }
        silent += all ? 1 : 0;
      }
    }
    return silent;
  }

  @Test
  void aStepCutsOutTheNextNeurons() {
    try (var full = TaughtWorld.full()) {
      String before = full.weights().digest();
      int neurons = full.config().layers() * full.config().intermediateSize();
      try (var cutting = new SelectivePruning(0.1).begin(TaughtWorld.request(full, new Meter()))) {
        assertEquals(0, silent(cutting.model()));
        int steps = 0;
        while (cutting.advance()) {
          steps++;
          long expected = Math.min(neurons, steps * Math.round(0.1 * neurons));
          assertEquals(expected, silent(cutting.model()), "after " + steps + " steps");
        }
        assertEquals(neurons, silent(cutting.model()));
      }
      assertEquals(before, full.weights().digest());
    }
  }

  /// The first neurons to go are of more use to the forget set than to the rest.
  @Test
  void moreIsForgottenThanLost() {
    try (var full = TaughtWorld.full();
        var cutting = new SelectivePruning(0.05).begin(TaughtWorld.request(full, new Meter()))) {
      assertTrue(cutting.advance());
      var split = TaughtWorld.SPLIT;
      var before = Respondent.of(full);
      var after = Respondent.of(cutting.model());
      double forgotten =
          TaughtWorld.probability(before, split.forget())
              - TaughtWorld.probability(after, split.forget());
      double lost =
          TaughtWorld.probability(before, split.retain())
              - TaughtWorld.probability(after, split.retain());
      assertTrue(forgotten > lost, forgotten + " forgotten, " + lost + " lost");
    }
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new SelectivePruning(0));
    try (var full = TaughtWorld.full()) {
      var request =
          new Request(
              full, TaughtWorld.SPLIT.forget(), List.of(), List.of(), 1, new Meter(), () -> full);
      var refusal =
          assertThrows(
              IllegalArgumentException.class, () -> new SelectivePruning(0.1).begin(request));
      assertFalse(refusal.getMessage().isBlank());
    }
  }
}
