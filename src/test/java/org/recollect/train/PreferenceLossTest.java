package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

class PreferenceLossTest {

  private static double loss(double beta, float[] better, float[] worse) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      return new PreferenceLoss(beta)
          .of(Memory.ofFloats(manager, better), Memory.ofFloats(manager, worse))
          .getFloat();
    }
  }

  @Test
  void isTheLogarithmOfTwoWhereNothingWasGained() {
    assertEquals(Math.log(2), loss(0.1, new float[] {0, 0}, new float[] {0, 0}), 1e-7);
    assertEquals(Math.log(2), loss(0.5, new float[] {3, -1}, new float[] {3, -1}), 1e-7);
  }

  @Test
  void isTheMeanOfSoftPlusOfMinusTheMargin() {
    double expected = (Math.log1p(Math.exp(-0.2 * 5)) + Math.log1p(Math.exp(0.2 * 2))) / 2;
    assertEquals(expected, loss(0.2, new float[] {1, 1}, new float[] {-4, 3}), 1e-6);
  }

  @Test
  void theGradientPullsBothAnswersApart() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var better = Memory.ofFloats(manager, new float[] {2});
      var worse = Memory.ofFloats(manager, new float[] {-1});
      better.setRequiresGradient(true);
      worse.setRequiresGradient(true);
      try (var tape = Torch.gradients()) {
        tape.backward(new PreferenceLoss(0.3).of(better, worse));
      }
      double expected = -0.3 / (1 + Math.exp(0.3 * 3));
      assertEquals(expected, Memory.toFloats(better.getGradient())[0], 1e-6);
      assertEquals(-expected, Memory.toFloats(worse.getGradient())[0], 1e-6);
    }
  }

  @Test
  void refusesABetaOfNothing() {
    assertThrows(IllegalArgumentException.class, () -> new PreferenceLoss(0));
    assertThrows(IllegalArgumentException.class, () -> new PreferenceLoss(Double.NaN));
  }
}
