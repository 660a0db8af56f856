package org.recollect.continual.subspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// By hand on a diagonal matrix, whose singular directions are its axes, and on random ones.
class HeldMatricesTest {
  private static final RandomStream RANDOM = RandomStream.of(1, "held matrices");

  @Test
  void ofADiagonalMatrixAxesAreHeld() {
    float[] ones = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    assertArrayEquals(
        new float[] {0, 0, 0, 0, 1, 1, 0, 1, 1},
        projected(SingularDirections.TOP, false, ones),
        1e-6f);
    assertArrayEquals(
        new float[] {1, 1, 0, 1, 1, 0, 0, 0, 0},
        projected(SingularDirections.BOTTOM, false, ones),
        1e-6f);
    assertArrayEquals(
        new float[] {0, 1, 1, 1, 1, 1, 1, 1, 1},
        projected(SingularDirections.TOP, true, ones),
        1e-6f);
  }

  /// A change of a matrix with 3, 2 and 1 on the diagonal, with one direction held.
  private static float[] projected(SingularDirections directions, boolean mixed, float... change) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var matrix = Memory.ofFloats(manager, new float[] {3, 0, 0, 0, 2, 0, 0, 0, 1}, 3, 3);
      try (var held = held(matrix, directions, 1, mixed)) {
        var changed = Memory.ofFloats(manager, change, 3, 3);
        held.project(Map.of("w", changed));
        return Memory.toFloats(changed);
      }
    }
  }

  private static HeldMatrices held(
      NDArray matrix, SingularDirections directions, int count, boolean mixed) {
    return new HeldMatrices(
        Weights.of(Map.of("w", matrix.duplicate())),
        Map.of("w", directions.of(matrix, count, RANDOM)),
        mixed);
  }

  @Test
  void leaksTheShareThatLiesInWhatIsHeld() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var matrix = Memory.ofFloats(manager, new float[] {2, 0, 0, 1}, 2, 2);
      try (var lowLow = held(matrix, SingularDirections.TOP, 1, false);
          var mixed = held(matrix, SingularDirections.TOP, 1, true)) {
        // Moved by 1, 2, 2 and 4 in high-high, the two mixed blocks and low-low: 5 in all.
        var moved = Memory.ofFloats(manager, new float[] {3, 2, 2, 5}, 2, 2);
        try (var now = Weights.of(Map.of("w", moved))) {
          assertEquals(3.0 / 5, lowLow.leak(now), 1e-6);
          assertEquals(1.0 / 5, mixed.leak(now), 1e-6);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"7, 5, 3", "5, 7, 3", "6, 6, 6", "4, 4, 1", "1, 5, 1"})
  void whatIsLeftMeetsNothingThatIsHeld(int out, int in, int count) {
    for (int seed = 1; seed <= 5; seed++) {
      try (var manager = Torch.manager();
          var _ = Torch.newScope()) {
        var matrix = normal(manager, seed, out, in);
        var svd = LinearAlgebra.svd(matrix);
        var left = svd.u().get(":, :" + count);
        var right = svd.vt().get(":" + count + ", :").transpose();
        for (boolean mixed : new boolean[] {false, true}) {
          try (var held = held(matrix, SingularDirections.TOP, count, mixed)) {
            var change = normal(manager, seed + 100, out, in);
            held.project(Map.of("w", change));
            var written = Ops.matmul(left.transpose(), change);
            String seeded = "seed " + seed;
            assertTrue(largest(Ops.matmul(written, right)) < 1e-5, seeded);
            assertEquals(!mixed || count == in, largest(written) < 1e-5, seeded);
            float[] once = Memory.toFloats(change);
            held.project(Map.of("w", change));
            assertArrayEquals(once, Memory.toFloats(change), 1e-5f, seeded);
          }
        }
      }
    }
  }

  private static NDArray normal(NDManager manager, int seed, int rows, int columns) {
    return RandomStream.of(seed, "matrix").gaussian(manager, new Shape(rows, columns), 1);
  }

  private static double largest(NDArray values) {
    return values.abs().max().getFloat();
  }

  @Test
  void sharesFollowTheCosines() {
    var paper = new Held.ByImportance(0.1, 0.8, 100);
    assertArrayEquals(
        new double[] {0.1 + 0.7 * 5 / 6, 0.1 + 0.7 * 7 / 6}, paper.shares(0.5, 0.7), 1e-12);
    assertArrayEquals(new double[] {0.1 + 0.7 / 3, 1}, paper.shares(0.2, 1), 1e-12, "at most 1");
    assertArrayEquals(new double[] {0.8, 0.8}, paper.shares(0.3, 0.3), 1e-12);
    assertArrayEquals(new double[] {0.1, 1}, paper.shares(-0.3, 0.3), 1e-12);
    assertArrayEquals(new double[] {0.8}, paper.shares(0), 1e-12, "nothing to tell them apart");
  }

  @Test
  void refusesSharesOutOfRange() {
    assertThrows(IllegalArgumentException.class, () -> new Held.Fixed(1.5));
    assertThrows(IllegalArgumentException.class, () -> new Held.Fixed(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new Held.ByImportance(0.8, 0.1, 10));
    assertThrows(IllegalArgumentException.class, () -> new Held.ByImportance(0.1, 0.8, 0));
  }
}
