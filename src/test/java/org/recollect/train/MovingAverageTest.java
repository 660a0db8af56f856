package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

class MovingAverageTest {

  private static Weights weights(float... values) {
    try (var manager = Torch.manager()) {
      return Weights.of(Map.of("w", Memory.ofFloats(manager, values, values.length)));
    }
  }

  private static float[] after(MovingAverage average, Weights weights, long step, float... values) {
    Memory.write(weights.get("w"), values);
    average.after(new Trainer.Step(step, 1, 0, 0));
    return Memory.toFloats(average.average().get("w"));
  }

  /// Follows the weights up to step 1, then .75 of the old and .25 of the new.
  @Test
  void averageByHand() {
    try (var weights = weights(1, 1);
        var average = new MovingAverage(weights, .75, 2)) {
      assertArrayEquals(new float[] {5, -5}, after(average, weights, 0, 5, -5));
      assertArrayEquals(new float[] {8, 4}, after(average, weights, 1, 8, 4));
      assertArrayEquals(new float[] {6, 5}, after(average, weights, 2, 0, 8));
      assertArrayEquals(new float[] {5.5f, 4.75f}, after(average, weights, 3, 4, 4));
      assertArrayEquals(new float[] {4, 4}, Memory.toFloats(weights.get("w")));
    }
  }

  @Test
  void withoutDecayItIsTheWeights() {
    try (var weights = weights(1);
        var average = new MovingAverage(weights, 0, 0)) {
      assertArrayEquals(new float[] {3}, after(average, weights, 0, 3));
      assertArrayEquals(new float[] {-2}, after(average, weights, 1, -2));
    }
  }

  @Test
  void onlySharesBelowOneAreKept() {
    try (var weights = weights(1)) {
      assertThrows(IllegalArgumentException.class, () -> new MovingAverage(weights, 1, 0));
      assertThrows(IllegalArgumentException.class, () -> new MovingAverage(weights, -.1, 0));
    }
  }
}
