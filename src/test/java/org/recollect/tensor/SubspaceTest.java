package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubspaceTest {
  private NDManager manager;

  @BeforeEach
  void open() {
    manager = Torch.manager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @ParameterizedTest(name = "{0} dimensions, {1} columns, rank {2}")
  @CsvSource({"1,1,1", "5,3,0", "5,3,2", "3,7,3", "64,20,20", "48,130,17"})
  void projectionsSplitWhatTheyAreGiven(int n, int columns, int rank) {
    try (var subspace = Subspace.ofRank(random(n, columns, "matrix"), rank)) {
      var x = random(n, 4, "x");
      var inside = subspace.project(x);
      var outside = subspace.remove(x);
      assertEquals(rank, subspace.rank());
      assertEquals(n, subspace.dimension());
      assertTrue(Subspace.deviation(subspace.basis()) < 1e-5);
      assertClose(x, inside.add(outside));
      assertClose(inside, subspace.project(inside));
      assertClose(manager.zeros(new Shape(n, 4)), subspace.project(outside));
      assertClose(inside.transpose(), subspace.projectRows(x.transpose()));
      assertClose(outside.transpose(), subspace.removeRows(x.transpose()));
      assertEquals(rank == 0 ? 0 : 1, subspace.leak(inside), 1e-5);
      if (rank < n) { // else what is outside is rounding
        assertEquals(0, subspace.leak(outside), 1e-5);
      }
    }
  }

  /// R has singular values 3, 2 and 1 along the axes: 9, 13 and 14 of its energy of 14.
  @ParameterizedTest
  @CsvSource({"0,0", "0.1,1", "0.642,1", "0.65,2", "0.92,2", "0.93,3", "1,3"})
  void energyIsTheShareOfSquaredSingularValues(double energy, int rank) {
    var matrix = Memory.ofFloats(manager, new float[] {0, 1, 0, 3, 0, 0, 0, 0, 2, 0, 0, 0}, 4, 3);
    try (var subspace = Subspace.ofEnergy(matrix, energy)) {
      assertEquals(rank, subspace.rank());
      if (rank > 0) {
        var strongest = Memory.ofFloats(manager, new float[] {0, 1, 0, 0});
        assertEquals(1, subspace.leak(strongest), 1e-6);
      }
    }
  }

  /// What is in the space counts towards the energy: of 25 + 4 + 1 the 25 along the first axis are
  /// there already.
  @ParameterizedTest
  @CsvSource({"0.8,1", "0.9,2", "0.97,3"})
  void growingCountsWhatIsThere(double energy, int rank) {
    var first = Memory.ofFloats(manager, new float[] {7, 0, 0, 0}, 4, 1);
    var matrix = Memory.ofFloats(manager, new float[] {5, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0}, 4, 3);
    try (var one = Subspace.ofRank(first, 1);
        var grown = one.grow(matrix, energy)) {
      assertEquals(rank, grown.rank());
      assertEquals(1, one.overlap(grown), 1e-6);
      assertEquals(rank > 1 ? 1 : 0, grown.leak(axis(1)), 1e-6);
      assertEquals(rank > 2 ? 1 : 0, grown.leak(axis(2)), 1e-6);
      assertEquals(0, grown.leak(axis(3)), 1e-6);
    }
  }

  private NDArray axis(int i) {
    var values = new float[4];
    values[i] = 1;
    return Memory.ofFloats(manager, values);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void growingOverManyTasksReachesTheEnergyAndStaysOrthonormal(long seed) {
    int n = 96;
    var subspace = Subspace.empty(n);
    for (int task = 0; task < 6; task++) {
      var scales = RandomStream.of(seed, "scales", task).gaussian(manager, new Shape(40), 1);
      var inputs = random(n, 40, "inputs", seed, task).mul(scales.exp().square());
      double energy = 0.9 + 0.02 * task;
      var grown = subspace.grow(inputs, energy);
      double leak = grown.leak(inputs);
      assertTrue(leak * leak >= energy - 1e-5, "seed %d, task %d".formatted(seed, task));
      assertTrue(Subspace.deviation(grown.basis()) < 1e-5, "seed " + seed);
      if (subspace.rank() > 0) {
        assertEquals(1, subspace.overlap(grown), 1e-5);
      }
      var again = grown.grow(inputs, energy);
      assertEquals(grown.rank(), again.rank());
      again.close();
      subspace.close();
      subspace = grown;
    }
    subspace.close();
  }

  /// A residual of 1e-4 of the matrix's norm: its singular vectors carry the rounding of the rest.
  @Test
  void aSmallResidualIsStillOrthogonal() {
    var matrix = random(60, 10, "matrix");
    var perturbed = matrix.add(Ops.scale(random(60, 10, "noise"), 1e-4));
    try (var one = Subspace.ofEnergy(matrix, 1);
        var grown = one.grow(perturbed, 1)) {
      assertEquals(10, one.rank());
      assertEquals(20, grown.rank());
      assertTrue(Subspace.deviation(grown.basis()) < 1e-5);
      try (var same = one.grow(matrix, 1)) {
        assertEquals(10, same.rank(), "rounding adds nothing");
      }
    }
  }

  @Test
  void aFullSpaceCannotGrow() {
    try (var full = Subspace.ofEnergy(random(8, 20, "matrix"), 1);
        var grown = full.grow(random(8, 20, "other"), 1);
        var none = full.complement()) {
      assertEquals(8, full.rank());
      assertEquals(8, grown.rank());
      assertEquals(0, none.rank());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 23, 24})
  void theComplementIsTheRest(int rank) {
    try (var subspace = Subspace.ofRank(random(24, 24, "matrix"), rank);
        var rest = subspace.complement()) {
      var x = random(24, 3, "x");
      assertEquals(24 - rank, rest.rank());
      assertEquals(0, subspace.overlap(rest), 1e-6);
      assertClose(subspace.remove(x), rest.project(x));
      assertTrue(Subspace.deviation(rest.basis()) < 1e-5);
    }
  }

  /// Two lines at 60 degrees, and a line in a plane.
  @Test
  void overlapIsTheMeanSquaredCosine() {
    float sine = (float) Math.sqrt(0.75);
    var slanted = Memory.ofFloats(manager, new float[] {0.5f, sine, 0}, 3, 1);
    var plane = Memory.ofFloats(manager, new float[] {1, 0, 0, 1, 0, 0}, 3, 2);
    try (var line = Subspace.of(slanted);
        var floor = Subspace.of(plane);
        var axis = Subspace.ofRank(Memory.ofFloats(manager, new float[] {2, 0, 0}, 3, 1), 1);
        var none = Subspace.empty(3)) {
      assertEquals(0.25, line.overlap(axis), 1e-6);
      assertEquals(1, line.overlap(floor), 1e-6);
      assertEquals(1, floor.overlap(line), 1e-6);
      assertEquals(0, none.overlap(line));
      assertEquals(0.5, axis.leak(slanted), 1e-6);
      assertEquals(0, axis.leak(manager.zeros(new Shape(3))));
    }
  }

  @Test
  void withoutLapackTheSpaceIsTheSame() {
    var matrix = random(9, 14, "matrix");
    try (var here = Subspace.ofEnergy(matrix, 0.8);
        var there =
            ScopedValue.where(LinearAlgebra.IN_JAVA, true)
                .call(() -> Subspace.ofEnergy(matrix, 0.8))) {
      assertEquals(here.rank(), there.rank());
      assertEquals(1, here.overlap(there), 1e-5);
    }
  }

  @Test
  void zeroHasNoDirection() {
    try (var none = Subspace.ofEnergy(manager.zeros(new Shape(4, 3)), 1)) {
      assertEquals(0, none.rank());
      var x = random(4, 2, "x");
      assertArrayEquals(Memory.toFloats(x), Memory.toFloats(none.remove(x)));
    }
  }

  @Test
  void badInputIsRefused() {
    var matrix = random(4, 3, "matrix");
    var skewed = Memory.ofFloats(manager, new float[] {1, 1, 0, 1}, 2, 2);
    try (var subspace = Subspace.ofRank(matrix, 2)) {
      assertRefused("outside", () -> Subspace.ofRank(matrix, 4), "expected 0 to 3");
      assertRefused("energy", () -> subspace.grow(matrix, 1.1), "expected 0 to 1");
      assertRefused("rows", () -> subspace.project(random(3, 4, "x")), "expected [4][m]");
      assertRefused("columns", () -> subspace.removeRows(matrix), "expected [...][4]");
      assertRefused("basis", () -> Subspace.of(skewed), "not orthonormal");
      assertRefused("vector", () -> Subspace.ofRank(axis(1), 1), "expected a matrix");
    }
  }

  private static void assertRefused(String what, Runnable call, String reason) {
    var refusal = assertThrows(IllegalArgumentException.class, call::run, what);
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }

  private NDArray random(int rows, int columns, Object... names) {
    return RandomStream.of(7, names).gaussian(manager, new Shape(rows, columns), 1);
  }

  private static void assertClose(NDArray expected, NDArray found) {
    assertEquals(expected.getShape(), found.getShape());
    assertArrayEquals(Memory.toFloats(expected), Memory.toFloats(found), 1e-5f);
  }
}
