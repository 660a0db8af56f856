package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WeightsTest {
  @Test
  void keepsOrderAndCountsParameters() {
    try (var weights = weights(1)) {
      assertEquals(List.of("b.weight", "a.weight"), List.copyOf(weights.names()));
      assertEquals(6, weights.parameters());
      assertEquals(2, weights.asMap().size());
    }
  }

  @Test
  void outlivesTheScopeItWasMadeIn() {
    Weights weights;
    try (var _ = Torch.newScope()) {
      weights = weights(1);
    }
    try (weights) {
      assertArrayEquals(new float[] {1, 2}, Memory.toFloats(weights.get("a.weight")));
    }
  }

  @Test
  void copyHasTheSameDigestAndMemoryOfItsOwn() {
    try (var weights = weights(1);
        var copy = weights.copy()) {
      assertEquals(weights.digest(), copy.digest());
      copy.get("a.weight").addi(1);
      assertArrayEquals(new float[] {1, 2}, Memory.toFloats(weights.get("a.weight")));
      assertNotEquals(weights.digest(), copy.digest());
    }
  }

  @Test
  void digestCoversNamesAndShapes() {
    try (var manager = Torch.manager()) {
      var flat = Memory.ofFloats(manager, new float[] {1, 2, 3, 4});
      var square = Memory.ofFloats(manager, new float[] {1, 2, 3, 4}, 2, 2);
      var named = Memory.ofFloats(manager, new float[] {1, 2, 3, 4});
      try (var a = Weights.of(Map.of("x", flat));
          var b = Weights.of(Map.of("x", square));
          var c = Weights.of(Map.of("y", named))) {
        assertNotEquals(a.digest(), b.digest());
        assertNotEquals(a.digest(), c.digest());
      }
    }
  }

  @Test
  void mapsEachArrayAndLeavesTheSource() {
    try (var weights = weights(1);
        var doubled = weights.map((name, array) -> Ops.scale(array, 2))) {
      assertArrayEquals(new float[] {2, 4}, Memory.toFloats(doubled.get("a.weight")));
      assertArrayEquals(new float[] {1, 2}, Memory.toFloats(weights.get("a.weight")));
    }
  }

  @Test
  void viewOfSomeSharesThemAndOwnsNone() {
    try (var manager = Torch.manager()) {
      var arrays = new LinkedHashMap<String, NDArray>();
      for (String name : List.of("a.weight", "a.mean", "b.weight")) {
        arrays.put(name, manager.ones(new Shape(2)));
      }
      try (var weights = Weights.of(arrays)) {
        try (var some = weights.only(name -> name.endsWith(".weight"))) {
          assertEquals(List.of("a.weight", "b.weight"), List.copyOf(some.names()));
          some.get("b.weight").addi(1);
        }
        assertEquals(2, weights.get("b.weight").getFloat(0));
        assertThrows(
            IllegalArgumentException.class, () -> weights.only(name -> name.endsWith(".bias")));
      }
    }
  }

  @Test
  void unknownNamesAreAnsweredWithTheMostSimilar() {
    try (var weights = weights(1)) {
      var unknown =
          assertThrows(IllegalArgumentException.class, () -> weights.get("model.a.weight"));
      assertEquals(
          "There is no weight model.a.weight among these 2; the most similar is a.weight.",
          unknown.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> Weights.of(Map.of()));
  }

  private static Weights weights(float first) {
    var arrays = new LinkedHashMap<String, NDArray>();
    var manager = Torch.manager();
    arrays.put("b.weight", Memory.ofFloats(manager, new float[] {3, 4, 5, 6}, 2, 2));
    arrays.put("a.weight", Memory.ofFloats(manager, new float[] {first, 2}));
    return Weights.of(arrays);
  }
}
