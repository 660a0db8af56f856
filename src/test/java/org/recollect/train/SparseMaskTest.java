package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

class SparseMaskTest {
  private static final int ROWS = 5;
  private static final int COLUMNS = 7;

  private final NDManager manager = Torch.manager();

  @AfterEach
  void close() {
    manager.close();
  }

  /// The same steps as those of a dense difference behind the mask, clipped as it is.
  @Test
  void itIsTheTrainingOfAMaskedDifference() {
    var optimizer = new AdamW(.9, .95, 1e-8, 0);
    for (double maxNorm : new double[] {Double.POSITIVE_INFINITY, .05}) {
      try (var weights = normal("w", 1);
          var mask = mask();
          var trainer =
              new Trainer(
                  weights, optimizer, new Schedule.Constant(.01), maxNorm, new SparseMask(mask));
          var base = normal("w", 1);
          var difference = normal("w", 1).map((name, w) -> w.zerosLike());
          var other = new Trainer(difference, optimizer, new Schedule.Constant(.01), maxNorm)) {
        for (int i = 0; i < 30; i++) {
          trainer.step(() -> loss(weights.get("w")));
          other.step(() -> loss(base.get("w").add(mask.get("w").mul(difference.get("w")))));
        }
        float[] w = Memory.toFloats(base.get("w"));
        float[] d = Memory.toFloats(difference.get("w"));
        float[] expected = new float[w.length];
        for (int i = 0; i < w.length; i++) {
          expected[i] = w[i] + d[i];
        }
        assertArrayEquals(expected, Memory.toFloats(weights.get("w")), 1e-5f);
      }
    }
  }

  /// Under weight decay and an optimiser that mixes entries as well.
  @Test
  void whatIsNotChosenStaysToTheBit() {
    for (Optimizer optimizer : List.of(new AdamW(), new Muon())) {
      try (var weights = normal("w", 1);
          var before = weights.copy();
          var mask = mask();
          var trainer =
              new Trainer(
                  weights, optimizer, new Schedule.Constant(.01), 1, new SparseMask(mask))) {
        for (int i = 0; i < 5; i++) {
          trainer.step(() -> loss(weights.get("w")));
        }
        float[] was = Memory.toFloats(before.get("w"));
        float[] is = Memory.toFloats(weights.get("w"));
        float[] chosen = Memory.toFloats(mask.get("w"));
        for (int i = 0; i < was.length; i++) {
          if (chosen[i] == 0) {
            assertEquals(was[i], is[i]);
          } else {
            assertNotEquals(was[i], is[i]);
          }
        }
      }
    }
  }

  @Test
  void aWeightWithoutAMaskOfItsShapeIsRefused() {
    try (var mask = mask();
        var wide = mask.map((name, m) -> m.reshape(1, -1));
        var other = normal("v", 1)) {
      for (var wrong : List.of(wide, other)) {
        try (var weights = normal("w", 1);
            var trainer =
                new Trainer(
                    weights, new AdamW(), new Schedule.Constant(.01), 1, new SparseMask(wrong))) {
          assertThrows(
              IllegalArgumentException.class, () -> trainer.step(() -> loss(weights.get("w"))));
        }
      }
    }
  }

  private NDArray loss(NDArray weight) {
    var x = RandomStream.of(1, "x").gaussian(manager, new Shape(20, COLUMNS), 1);
    var y = RandomStream.of(1, "y").gaussian(manager, new Shape(20, ROWS), 1);
    return Ops.square(Ops.linear(x, weight).sub(y)).mean();
  }

  private Weights normal(String name, long seed) {
    var arrays = new LinkedHashMap<String, NDArray>();
    arrays.put(
        name, RandomStream.of(seed, "weight").gaussian(manager, new Shape(ROWS, COLUMNS), 1));
    return Weights.of(arrays);
  }

  private Weights mask() {
    var random = RandomStream.of(2, "mask");
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(3) == 0 ? 1 : 0;
    }
    var arrays = new LinkedHashMap<String, NDArray>();
    arrays.put("w", Memory.ofFloats(manager, values, ROWS, COLUMNS));
    return Weights.of(arrays);
  }
}
