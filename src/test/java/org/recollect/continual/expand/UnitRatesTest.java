package org.recollect.continual.expand;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

class UnitRatesTest {

  /// Importances of (1 * 4 + 2 * 1) / 2 = 3, 5 * 1 = 5 and 1 * 1 = 1.
  @Test
  void theMostImportantStandsStillAndTheLeastIsTwiceAsFast() {
    try (var weights = weights(new float[] {-1, 2}, new float[] {5}, new float[] {-1});
        var sizes = weights(new float[] {4, 1}, new float[] {1}, new float[] {1})) {
      assertArrayEquals(new double[] {1, 0, 2}, UnitRates.of(weights, sizes).values(), 1e-12);
    }
  }

  @Test
  void equalOnesHaveTheUsualRate() {
    try (var weights = weights(new float[] {2}, new float[] {1}, new float[] {4, -4});
        var sizes = weights(new float[] {2}, new float[] {4}, new float[] {1, 1})) {
      assertArrayEquals(new double[] {1, 1, 1}, UnitRates.of(weights, sizes).values());
      assertArrayEquals(new double[] {1, 1, 1}, UnitRates.uniform(weights).values());
      assertArrayEquals(
          new double[] {0, 2, .5}, UnitRates.uniform(weights).with(0, 2, .5).values());
    }
  }

  private static Weights weights(float[]... tensors) {
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      for (float[] tensor : tensors) {
        arrays.put("tensor " + arrays.size(), Memory.ofFloats(manager, tensor, tensor.length));
      }
      return Weights.of(arrays);
    }
  }
}
