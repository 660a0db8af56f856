package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.tensor.SomeWeights.delta;
import static org.recollect.tensor.SomeWeights.flat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WeightDeltaTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatLedFromTheBaseLeadsBack(long seed) {
    try (var base = SomeWeights.random(seed, "base");
        var tuned = SomeWeights.random(seed, "tuned");
        var delta = WeightDelta.between(tuned, base);
        var again = delta.addedTo(base)) {
      assertEquals(tuned.names(), again.names());
      assertArrayEquals(flat(tuned), flat(again), 1e-6f, "seed " + seed);
      tuned
          .asMap()
          .forEach((name, array) -> assertEquals(array.getShape(), again.get(name).getShape()));
    }
  }

  @Test
  void anglesAndLengthsAreThoseOfOneVector() {
    try (var first = delta(new float[] {3, 0}, new float[] {4, 0});
        var second = delta(new float[] {0, 1}, new float[] {1, 0});
        var opposite = first.times(-2);
        var none = first.times(0)) {
      assertEquals(5, first.norm());
      assertEquals(4, first.dot(second));
      assertEquals(4 / (5 * Math.sqrt(2)), first.cosine(second), 1e-12);
      assertEquals(-1, first.cosine(opposite), 1e-12);
      assertEquals(0, first.cosines(second).get("a"));
      assertEquals(1, first.cosines(second).get("b"));
      assertTrue(Double.isNaN(first.cosine(none)));
    }
  }

  @Test
  void sumsAndMultiplesLeaveTheirOperands() {
    try (var first = delta(new float[] {1, 2});
        var second = delta(new float[] {10, 20});
        var sum = first.plus(second);
        var scaled = first.times(0.5)) {
      assertArrayEquals(new float[] {11, 22}, flat(sum.arrays()));
      assertArrayEquals(new float[] {0.5f, 1}, flat(scaled.arrays()));
      assertArrayEquals(new float[] {1, 2}, flat(first.arrays()));
      assertArrayEquals(new float[] {10, 20}, flat(second.arrays()));
    }
  }

  @Test
  void whatIsInOneOfTheTwoOnlyIsRefused() {
    try (var one = SomeWeights.of(new float[] {1});
        var two = SomeWeights.of(new float[] {1}, new float[] {2, 3});
        var some = WeightDelta.between(one, one);
        var all = WeightDelta.between(two, two)) {
      for (var refused :
          List.<Executable>of(
              () -> WeightDelta.between(one, two),
              () -> WeightDelta.between(two, one),
              () -> some.plus(all),
              () -> some.cosine(all),
              () -> all.addedTo(one))) {
        assertEquals(
            "1 arrays are in one of the two only, such as b: choose by Weights.only what both have,"
                + " without running statistics or inserted blocks.",
            assertThrows(IllegalArgumentException.class, refused).getMessage());
      }
    }
  }

  @Test
  void arraysOfTheBaseWithoutADifferenceAreCopied() {
    try (var base = SomeWeights.of(new float[] {1}, new float[] {2, 3});
        var delta = delta(new float[] {4});
        var sum = delta.addedTo(base)) {
      assertArrayEquals(new float[] {5, 2, 3}, flat(sum));
      sum.get("b").addi(1);
      assertArrayEquals(new float[] {1, 2, 3}, flat(base));
    }
  }

  @Test
  void shapesAndTypesMustAgree() {
    try (var manager = Torch.manager();
        var pair = SomeWeights.of(new float[] {1, 2});
        var triple = SomeWeights.of(new float[] {1, 2, 3})) {
      assertTrue(
          assertThrows(IllegalArgumentException.class, () -> WeightDelta.between(pair, triple))
              .getMessage()
              .startsWith("The weight a is (2) in one and (3) in the other"));
      var arrays = new LinkedHashMap<String, NDArray>();
      arrays.put("weight", manager.ones(new Shape(2)));
      arrays.put("steps", Memory.ofLongs(manager, new long[] {7}));
      try (var counted = Weights.of(arrays)) {
        assertEquals(
            "The weight steps is int64, and only float32 can be added: leave it out by"
                + " Weights.only.",
            assertThrows(
                    IllegalArgumentException.class, () -> WeightDelta.between(counted, counted))
                .getMessage());
      }
    }
  }
}
