package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

class GradientRestrictionTest {

  /// For `l = (w1² + 3 w2²) / 2` at (3, 4) the gradient is (3, 12), its length √153, and that
  /// length's own gradient (3, 36) / √153.
  @Test
  void thePenaltysGradientIsTheHessianTimesTheDirection() {
    try (var manager = Torch.manager();
        var weights = Weights.of(Map.of("w", Memory.ofFloats(manager, new float[] {3, 4}, 2)))) {
      var weight = weights.get("w");
      weight.setRequiresGradient(true);
      var curvatures = Memory.ofFloats(manager, new float[] {.5f, 1.5f}, 2);
      Supplier<NDArray> loss = () -> Ops.square(weight).mul(curvatures).sum();
      double value;
      try (var _ = Torch.newScope()) {
        try (var tape = Torch.gradients()) {
          value = new GradientRestriction(.1, 1e-2).backward(tape, weights, loss);
        }
        double length = Math.sqrt(153);
        assertEquals(4.5 + 24 + .1 * length, value, 1e-5);
        assertArrayEquals(
            new float[] {(float) (3 + .3 / length), (float) (12 + 3.6 / length)},
            Memory.toFloats(weight.getGradient()),
            1e-3f);
      }
      assertArrayEquals(new float[] {3, 4}, Memory.toFloats(weight));
    }
  }

  @Test
  void aPenaltyIsPositive() {
    assertThrows(IllegalArgumentException.class, () -> new GradientRestriction(0));
    assertThrows(IllegalArgumentException.class, () -> Classification.ofConvNet().restricted(-1));
  }
}
