package org.recollect.continual.regularise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

class QuadraticPenaltyTest {

  private static Weights weights(float... values) {
    try (var manager = Torch.manager()) {
      return Weights.of(Map.of("w", Memory.ofFloats(manager, values)));
    }
  }

  @Test
  void pullsEachWeightByItsImportance() {
    try (var penalty = new QuadraticPenalty();
        var anchor = weights(1, 2, 3);
        var importance = weights(1, 10, 0);
        var now = weights(3, 1, 9);
        var _ = Torch.newScope()) {
      assertTrue(penalty.isEmpty());
      assertEquals(0, penalty.bytes());
      penalty.remember(anchor, importance, 1);
      assertEquals(24, penalty.bytes());
      assertEquals(0, penalty.of(anchor).getFloat());
      assertEquals(1 * 4 + 10 * 1, penalty.of(now).getFloat(), 1e-5);
      var weight = now.get("w");
      weight.setRequiresGradient(true);
      try (var tape = Torch.gradients()) {
        tape.backward(penalty.of(now));
      }
      assertArrayEquals(
          new float[] {4, -20, 0}, Memory.toFloats(weight.getGradient()), 1e-5f, "2 F (w - w*)");
    }
  }

  @Test
  void earlierImportanceFadesAndTheAnchorMoves() {
    try (var penalty = new QuadraticPenalty();
        var first = weights(0, 0);
        var second = weights(1, 1);
        var importance = weights(2, 4);
        var now = weights(2, 3);
        var _ = Torch.newScope()) {
      penalty.remember(first, importance, 0.5);
      penalty.remember(second, importance, 0.5);
      // 3 and 6 are left, around the second anchor.
      assertEquals(3 * 1 + 6 * 4, penalty.of(now).getFloat(), 1e-5);
    }
  }
}
