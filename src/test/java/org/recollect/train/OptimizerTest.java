package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Precision;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.train.Optimizer.Parameter;

class OptimizerTest {

  /// Lengths below, at and above the number of lanes of a vector.
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 8, 15, 16, 17, 64, 131})
  void adamWFollowsItsFormula(int size) {
    var random = RandomStream.of(size, "adamw");
    var rule = new AdamW(0.8, 0.9, 1e-6, 0.05);
    double[] w = random.doubles(size, -1, 1).toArray();
    double[] m = new double[size];
    double[] v = new double[size];
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var weight = Memory.ofFloats(manager, floats(w), 1, size);
      var gradient = manager.zeros(new Shape(1, size));
      var memory = List.of(manager.zeros(new Shape(1, size)), manager.zeros(new Shape(1, size)));
      for (int step = 1; step <= 4; step++) {
        double[] g = random.doubles(size, -1, 1).toArray();
        Memory.write(gradient, floats(g));
        rule.update(new Parameter("w", weight, gradient, memory), 0.1 / step, step);
        for (int i = 0; i < size; i++) {
          m[i] = 0.8 * m[i] + 0.2 * g[i];
          v[i] = 0.9 * v[i] + 0.1 * g[i] * g[i];
          double mean = m[i] / (1 - Math.pow(0.8, step));
          double square = v[i] / (1 - Math.pow(0.9, step));
          w[i] -= 0.1 / step * (mean / (Math.sqrt(square) + 1e-6) + 0.05 * w[i]);
        }
        assertArrayEquals(floats(w), Memory.toFloats(weight), 1e-5f, "step " + step);
      }
    }
  }

  @Test
  void gradientDescentGathersMomentum() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var weight = Memory.ofFloats(manager, new float[] {1, 2});
      var gradient = Memory.ofFloats(manager, new float[] {2, -4});
      var rule = new Sgd(0.5);
      assertEquals(0, new Sgd(0).memory("w", new Shape(2)));
      var memory = List.of(manager.zeros(new Shape(2)));
      rule.update(new Parameter("w", weight, gradient, memory), 0.1, 1);
      assertArrayEquals(new float[] {0.8f, 2.4f}, Memory.toFloats(weight), 1e-6f);
      rule.update(new Parameter("w", weight, gradient, memory), 0.1, 2);
      assertArrayEquals(new float[] {0.5f, 3}, Memory.toFloats(weight), 1e-6f);
      new Sgd(0).update(new Parameter("w", weight, gradient, List.of()), 0.1, 1);
      assertArrayEquals(new float[] {0.3f, 3.4f}, Memory.toFloats(weight), 1e-6f);
    }
    assertThrows(IllegalArgumentException.class, () -> new Sgd(1));
  }

  @Test
  void adamWLeavesNormsUndecayed() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var weight = manager.ones(new Shape(5));
      var zero = manager.zeros(new Shape(5));
      var memory = List.of(zero.duplicate(), zero.duplicate());
      new AdamW().update(new Parameter("norm", weight, zero, memory), 0.5, 1);
      assertArrayEquals(new float[] {1, 1, 1, 1, 1}, Memory.toFloats(weight));
    }
  }

  /// The iterations act on each singular value as a scalar polynomial, and leave the singular
  /// vectors alone: of a diagonal matrix, everything can be computed by hand.
  @ParameterizedTest
  @CsvSource({"3, 3", "3, 7", "7, 3", "1, 4"})
  void muonBringsSingularValuesTowardsOne(int rows, int columns) {
    int rank = Math.min(rows, columns);
    float[] matrix = new float[rows * columns];
    double length = 0;
    for (int i = 0; i < rank; i++) {
      matrix[i * columns + i] = i + 1;
      length += (i + 1) * (i + 1);
    }
    float[] expected = new float[rows * columns];
    for (int i = 0; i < rank; i++) {
      double x = (i + 1) / Math.sqrt(length);
      for (int iteration = 0; iteration < 5; iteration++) {
        x = 3.4445 * x - 4.7750 * Math.pow(x, 3) + 2.0315 * Math.pow(x, 5);
      }
      expected[i * columns + i] = (float) x;
      assertEquals(0.95, x, 0.3);
    }
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var array = Memory.ofFloats(manager, matrix, rows, columns);
      assertArrayEquals(expected, Memory.toFloats(new Muon().orthogonal(array)), 1e-5f);
    }
  }

  @Test
  void muonStepsByTheOrthogonalMomentum() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var random = RandomStream.of(1, "muon");
      var weight = random.gaussian(manager, new Shape(6, 4), 1);
      var gradient = random.gaussian(manager, new Shape(6, 4), 1);
      float[] before = Memory.toFloats(weight);
      // The first momentum is the gradient, and the direction of 1.5 G is that of G.
      float[] direction = Memory.toFloats(new Muon().orthogonal(gradient));
      var memory = List.of(manager.zeros(new Shape(6, 4)));
      new Muon(0.5, 0.1, Precision.FLOAT32)
          .update(new Parameter("w", weight, gradient, memory), 0.01, 1);
      float[] after = Memory.toFloats(weight);
      for (int i = 0; i < after.length; i++) {
        double step = 0.2 * Math.sqrt(6) * direction[i] + 0.1 * before[i];
        assertEquals(before[i] - 0.01 * step, after[i], 1e-5);
      }
      assertArrayEquals(Memory.toFloats(gradient), Memory.toFloats(memory.getFirst()), 0f);
    }
  }

  @Test
  void muonRefusesVectors() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var vector = manager.ones(new Shape(4));
      var parameter = new Parameter("norm", vector, vector, List.of(vector));
      assertThrows(IllegalArgumentException.class, () -> new Muon().update(parameter, 1, 1));
    }
  }

  @Test
  void splitGivesEmbeddingsAndNormsToTheOtherRule() {
    var split = Optimizer.split(new Muon(), new AdamW(), 1);
    assertEquals(1, split.memory("model.layers.0.mlp.up_proj.weight", new Shape(4, 4)));
    assertEquals(2, split.memory("model.embed_tokens.weight", new Shape(4, 4)));
    assertEquals(2, split.memory("lm_head.weight", new Shape(4, 4)));
    assertEquals(2, split.memory("model.norm.weight", new Shape(4)));
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
