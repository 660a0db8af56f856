package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GradientSubspaceTest {

  @ParameterizedTest(name = "{0} references, seed {1}")
  @CsvSource({"1,1", "2,2", "4,3"})
  void nothingAlongTheReferencesRemains(int references, long seed) {
    var gradients = references(references, seed);
    var whole = GradientSubspace.whole(gradients);
    assertEquals(references, whole.rank());
    try (var weights = SomeWeights.random(seed, "vector");
        var before = weights.copy()) {
      assertEquals(1, whole.dots(weights.asMap()).length);
      whole.remove(weights.asMap());
      for (var gradient : gradients) {
        assertEquals(0, cosine(gradient, weights), 1e-6, "seed " + seed);
      }
      assertEquals(0, whole.leak(weights.asMap()), 1e-6);
      try (var removed = WeightDelta.between(before, weights)) {
        assertEquals(1, whole.leak(removed.arrays().asMap()), 1e-6);
        double all = whole.leak(before.asMap());
        try (var original = new WeightDelta(before.copy())) {
          assertEquals(removed.norm() / original.norm(), all, 1e-6);
        }
      }
    }
  }

  @ParameterizedTest(name = "{0} references, seed {1}")
  @CsvSource({"1,1", "2,2", "4,3"})
  void nothingAlongTheReferencesRemainsInAnyArray(int references, long seed) {
    var gradients = references(references, seed);
    try (var weights = SomeWeights.random(seed, "vector")) {
      GradientSubspace.eachArray(gradients).remove(weights.asMap());
      for (String name : weights.names()) {
        for (var gradient : gradients) {
          float[] left = Memory.toFloats(weights.get(name));
          double dot = InnerProduct.of(left, gradient.get(name));
          assertEquals(0, dot, 1e-4, name + ", seed " + seed);
        }
      }
    }
  }

  private static List<Map<String, float[]>> references(int count, long seed) {
    var gradients = new ArrayList<Map<String, float[]>>();
    for (int i = 0; i < count; i++) {
      try (var weights = SomeWeights.random(seed, "reference " + i)) {
        gradients.add(GradientSubspace.values(weights.asMap()));
      }
    }
    return gradients;
  }

  /// The references (3, 0 | 0) and (1, 1 | 0) span the first array, of which (1, 5 | 2) has 26 of
  /// 30.
  @Test
  void handWorked() {
    var first = gradient(new float[] {3, 0}, new float[] {0});
    var second = gradient(new float[] {1, 1}, new float[] {0});
    var whole = GradientSubspace.whole(List.of(first, second));
    try (var vector = SomeWeights.of(new float[] {1, 5}, new float[] {2})) {
      assertArrayEquals(new double[] {1, 5}, whole.dots(vector.asMap())[0], 1e-6);
      assertEquals(Math.sqrt(26.0 / 30), whole.leak(vector.asMap()), 1e-6);
      whole.remove(vector.asMap());
      assertArrayEquals(new float[] {0, 0, 2}, SomeWeights.flat(vector), 1e-6f);
    }
  }

  /// The reference (1, 0 | 1) and g = (1, 0 | 0): as one vector half of g goes, array by array all.
  @Test
  void oneBasisForAllArraysDiffersFromOneForEach() {
    var reference = gradient(new float[] {1, 0}, new float[] {1});
    var whole = GradientSubspace.whole(List.of(reference));
    var each = GradientSubspace.eachArray(List.of(reference));
    try (var one = SomeWeights.of(new float[] {1, 0}, new float[] {0});
        var two = one.copy()) {
      assertEquals(Math.sqrt(0.5), whole.leak(one.asMap()), 1e-6);
      assertEquals(1, each.leak(one.asMap()), 1e-6);
      whole.remove(one.asMap());
      each.remove(two.asMap());
      assertArrayEquals(new float[] {0.5f, 0, -0.5f}, SomeWeights.flat(one), 1e-6f);
      assertArrayEquals(new float[] {0, 0, 0}, SomeWeights.flat(two), 1e-6f);
    }
  }

  @Test
  void dependentAndEmptyDirectionsAreDropped() {
    var first = gradient(new float[] {1, 2}, new float[] {3});
    var twice = gradient(new float[] {-2, -4}, new float[] {-6});
    var zero = gradient(new float[] {0, 0}, new float[] {0});
    var other = gradient(new float[] {2, 2}, new float[] {3});
    var basis = GradientSubspace.whole(List.of(zero, first, twice, other));
    assertEquals(2, basis.rank());
    assertEquals(0, GradientSubspace.whole(List.of(zero)).rank());
    var each = GradientSubspace.eachArray(List.of(first, other));
    assertEquals(2, each.rank());
    try (var vector = SomeWeights.of(new float[] {1, 1}, new float[] {1})) {
      double[][] dots = each.dots(vector.asMap());
      assertEquals(2, dots[0].length);
      assertEquals(1, dots[1].length, "the second array has one dimension");
    }
  }

  /// A-GEM leaves a gradient alone that does not raise the reference's loss.
  @Test
  void onlyConflictsCanBeRemoved() {
    var basis = GradientSubspace.whole(List.of(gradient(new float[] {0, 2}, new float[] {0})));
    try (var harmless = SomeWeights.of(new float[] {1, 1}, new float[] {1});
        var conflict = SomeWeights.of(new float[] {1, -1}, new float[] {1})) {
      basis.remove(harmless.asMap(), dot -> dot < 0);
      basis.remove(conflict.asMap(), dot -> dot < 0);
      assertArrayEquals(new float[] {1, 1, 1}, SomeWeights.flat(harmless));
      assertArrayEquals(new float[] {1, 0, 1}, SomeWeights.flat(conflict), 1e-6f);
    }
  }

  @Test
  void otherArraysAreRefused() {
    var gradient = gradient(new float[] {1, 2}, new float[] {3});
    var basis = GradientSubspace.whole(List.of(gradient));
    var fewer = gradient(new float[] {1, 2});
    var infinite = gradient(new float[] {1, Float.POSITIVE_INFINITY});
    assertThrows(
        IllegalArgumentException.class, () -> GradientSubspace.whole(List.of(gradient, fewer)));
    assertThrows(IllegalArgumentException.class, () -> GradientSubspace.whole(List.of()));
    assertThrows(IllegalArgumentException.class, () -> GradientSubspace.whole(List.of(infinite)));
    try (var weights = SomeWeights.of(new float[] {1, 2})) {
      assertThrows(IllegalArgumentException.class, () -> basis.remove(weights.asMap()));
    }
  }

  private static Map<String, float[]> gradient(float[]... values) {
    var gradient = new LinkedHashMap<String, float[]>();
    for (float[] each : values) {
      gradient.put(String.valueOf((char) ('a' + gradient.size())), each);
    }
    return gradient;
  }

  private static double cosine(Map<String, float[]> gradient, Weights weights) {
    double product = 0;
    double squares = 0;
    double others = 0;
    for (String name : gradient.keySet()) {
      float[] a = gradient.get(name);
      float[] b = Memory.toFloats(weights.get(name));
      for (int i = 0; i < a.length; i++) {
        product += (double) a[i] * b[i];
        squares += (double) a[i] * a[i];
        others += (double) b[i] * b[i];
      }
    }
    return product / Math.sqrt(squares * others);
  }
}
