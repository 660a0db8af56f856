package org.recollect.retrieval.domain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

class ImitationTest {
  private static final SparseTargets TARGETS =
      new SparseTargets(new int[][] {{0, 2}, {1}}, new float[][] {{0.25f, 0.75f}, {1}});

  /// Against even logits over four tokens, `ln 4` less the entropy of each target.
  @Test
  void divergesFromEvenPredictionsByWhatIsKnown() {
    double entropy = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75));
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var logs = Ops.logSoftmax(Memory.ofFloats(manager, new float[8], 2, 4));
      double expected = (Math.log(4) - entropy + Math.log(4)) / 2;
      assertEquals(expected, TARGETS.divergence(logs, new int[] {0, 1}).getFloat(), 1e-6);
    }
  }

  /// The gradient at the logits is `(softmax - alpha p - (1 - alpha) onehot) / n`.
  @Test
  void itsGradientIsPredictionLessTarget() {
    float[] numbers = {0.3f, -1, 0.5f, 0.1f, 2, 0.4f, -0.2f, 0};
    double alpha = 0.3;
    int[] next = {3, 1};
    float[][] p = {{0.25f, 0, 0.75f, 0}, {0, 1, 0, 0}};
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var logits = Memory.ofFloats(manager, numbers, 2, 4);
      logits.setRequiresGradient(true);
      try (var tape = Torch.gradients()) {
        tape.backward(new Imitation(alpha).loss(logits, next, TARGETS, new int[] {0, 1}));
      }
      float[] q = Memory.toFloats(Ops.softmax(Memory.ofFloats(manager, numbers, 2, 4)));
      float[] expected = new float[8];
      for (int i = 0; i < 8; i++) {
        double hit = next[i / 4] == i % 4 ? 1 : 0;
        expected[i] = (float) ((q[i] - alpha * p[i / 4][i % 4] - (1 - alpha) * hit) / 2);
      }
      assertArrayEquals(expected, Memory.toFloats(logits.getGradient()), 1e-6f);
    }
  }

  @Test
  void knowsTheProbabilityOfEachToken() {
    assertEquals(0.75, TARGETS.probability(0, 2), 1e-7);
    assertEquals(0, TARGETS.probability(0, 1));
  }

  @Test
  void refusesAWeightBeyondOne() {
    assertThrows(IllegalArgumentException.class, () -> new Imitation(1.1));
  }
}
