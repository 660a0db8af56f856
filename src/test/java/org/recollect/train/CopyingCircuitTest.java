package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.tensor.RandomStream;

class CopyingCircuitTest {
  private static final ModelConfig SHAPE =
      new ModelConfig(256, 128, 256, 3, 4, 2, 32, 500_000, 1e-5, 512, true);

  @Test
  void theSecondLayerLooksAtWhatFollowedTheSameToken() {
    try (var model = Models.random(SHAPE, 1)) {
      double without = lookedUp(model, 24);
      CopyingCircuit.plant(model, RandomStream.of(1, "circuit"));
      double with = lookedUp(model, 24);
      // Attention spread evenly would put 1 in 48 there.
      assertTrue(without < 0.1, "attention without the circuit: " + without);
      assertTrue(with > 0.5, "attention with the circuit: " + with);
    }
  }

  @Test
  void distanceWithinTheContextTakesLittleOfIt() {
    try (var model = Models.random(SHAPE, 1)) {
      CopyingCircuit.plant(model, RandomStream.of(1, "circuit"));
      double far = lookedUp(model, 240);
      assertTrue(far > 0.2, "attention at the other end of the context: " + far);
    }
  }

  @Test
  void aModelWithoutASecondLayerIsRefused() {
    var shallow = new ModelConfig(64, 32, 64, 1, 2, 1, 16, 10_000, 1e-5, 64, true);
    try (var model = Models.random(shallow, 1)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> CopyingCircuit.plant(model, RandomStream.of(1, "circuit")));
    }
  }

  /// The attention that the last token of a sequence, whose second half repeats its first, pays to
  /// the place after its first occurrence; mean over sequences.
  private static double lookedUp(LanguageModel model, int period) {
    int trials = 16;
    double sum = 0;
    for (int trial = 0; trial < trials; trial++) {
      int[] half = RandomStream.of(trial, "tokens").indices(period, SHAPE.vocabSize());
      int length = period + 1 + trial % (period - 1);
      int[] tokens = IntStream.range(0, length).map(i -> half[i % period]).toArray();
      float[] head = model.prefill(tokens, 1).layers().get(1).windowAttention();
      sum += head[length - period];
    }
    return sum / trials;
  }
}
