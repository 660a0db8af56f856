package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.recollect.tensor.SomeWeights.flat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WeightPathTest {

  @Test
  void leadsFromOneEndToTheOther() {
    try (var from = SomeWeights.random(1, "from");
        var to = SomeWeights.random(1, "to")) {
      var path = new WeightPath(from, to);
      try (var start = path.at(0);
          var middle = path.at(0.5);
          var end = path.at(1);
          var soup = Merging.soup(List.of(from, to))) {
        assertArrayEquals(flat(from), flat(start));
        assertArrayEquals(flat(to), flat(end));
        assertArrayEquals(flat(soup), flat(middle), 1e-6f);
      }
    }
  }

  /// A double well (w² - 1)² between -1 and 1 has a wall of 1 at 0.
  @Test
  void theBarrierIsTheWallBetweenTwoWells() {
    try (var from = SomeWeights.of(new float[] {-1});
        var to = SomeWeights.of(new float[] {1})) {
      var profile = new WeightPath(from, to).losses(5, WeightPathTest::doubleWell);
      assertArrayEquals(
          new double[] {0, 0.5625, 1, 0.5625, 0},
          profile.points().stream().mapToDouble(WeightPath.Point::loss).toArray(),
          1e-6);
      assertEquals(1, profile.barrier(), 1e-6);
    }
  }

  /// From -1 to 2 the loss rises to 9: what counts is the excess over that line, which at 0, a
  /// third of the way, is 3.
  @Test
  void aSlopeIsNoBarrier() {
    try (var from = SomeWeights.of(new float[] {-1});
        var to = SomeWeights.of(new float[] {2})) {
      var path = new WeightPath(from, to);
      assertEquals(0, path.losses(4, WeightPathTest::doubleWell).barrier(), 1e-6);
      assertEquals(0, path.losses(9, weights -> 3 * flat(weights)[0]).barrier(), 1e-6);
      double excess =
          path.losses(4, w -> doubleWell(w) + 4 * (Math.abs(flat(w)[0]) < 1e-3 ? 1 : 0)).barrier();
      assertEquals(1 + 4 - 3, excess, 1e-5);
    }
  }

  private static double doubleWell(Weights weights) {
    double w = flat(weights)[0];
    return (w * w - 1) * (w * w - 1);
  }

  @Test
  void endsMustBeOfOneArchitecture() {
    try (var from = SomeWeights.of(new float[] {1});
        var to = SomeWeights.of(new float[] {1, 2})) {
      assertThrows(IllegalArgumentException.class, () -> new WeightPath(from, to));
      assertThrows(
          IllegalArgumentException.class, () -> new WeightPath(from, from).losses(1, w -> 0));
    }
  }
}
