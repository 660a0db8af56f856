package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.tensor.SomeWeights.delta;
import static org.recollect.tensor.SomeWeights.flat;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparseDeltaTest {
  @TempDir Path folder;

  @Test
  void tiesAreBrokenByPlace() {
    try (var delta = delta(new float[] {1, -3, 2}, new float[] {-2, 2, 0})) {
      assertKept(new float[] {0, -3, 0, 0, 0, 0}, delta, 1);
      assertKept(new float[] {0, -3, 2, 0, 0, 0}, delta, 2);
      assertKept(new float[] {0, -3, 2, -2, 0, 0}, delta, 3);
      assertKept(new float[] {1, -3, 2, -2, 2, 0}, delta, 5);
      assertEquals(6, SparseDelta.largest(delta, 6).size());
      for (long count : new long[] {0, 7}) {
        assertThrows(IllegalArgumentException.class, () -> SparseDelta.largest(delta, count));
      }
    }
  }

  private static void assertKept(float[] expected, WeightDelta delta, int count) {
    try (var kept = SparseDelta.largest(delta, count).dense()) {
      assertArrayEquals(expected, flat(kept.arrays()));
    }
  }

  /// Against a stable sort of all entries by magnitude; rounded ones, so that many are equal.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void exactlyTheLargestAreKept(long seed) {
    var random = RandomStream.of(seed, "count");
    double grid = seed % 2 == 0 ? 4 : 1e-30;
    try (var weights = SomeWeights.random(seed, "delta");
        var delta = new WeightDelta(weights.map((name, array) -> rounded(array, grid)))) {
      float[] all = flat(delta.arrays());
      int count = random.nextInt(1, all.length);
      var expected = new float[all.length];
      IntStream.range(0, all.length)
          .boxed()
          .sorted((i, j) -> Float.compare(Math.abs(all[j]), Math.abs(all[i])))
          .limit(count)
          .forEach(i -> expected[i] = 1);
      var chosen = SparseDelta.largest(delta, count);
      assertEquals(count, chosen.size(), "seed " + seed);
      assertEquals(count / (double) all.length, chosen.density(), 1e-12);
      try (var mask = chosen.mask()) {
        assertArrayEquals(expected, flat(mask), "seed " + seed);
      }
    }
  }

  private static NDArray rounded(NDArray array, double grid) {
    float[] values = Memory.toFloats(array);
    for (int i = 0; i < values.length; i++) {
      values[i] = grid < 1 ? (float) (values[i] * grid) : (float) (Math.rint(values[i] * grid));
    }
    return Memory.ofFloats(array.getManager(), values).reshape(array.getShape());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void compositionAddsBoth(long seed) {
    try (var base = SomeWeights.random(seed, "base");
        var task = new WeightDelta(SomeWeights.random(seed, "task"));
        var language = new WeightDelta(SomeWeights.random(seed, "language"))) {
      var first = SparseDelta.largest(task, 700);
      var second = SparseDelta.largest(language, 500);
      var composed = first.plus(second);
      try (var a = first.dense();
          var b = second.dense();
          var dense = a.plus(b);
          var expected = dense.addedTo(base);
          var sum = composed.addedTo(base);
          var one = first.mask();
          var two = second.mask()) {
        assertArrayEquals(flat(expected), flat(sum), 1e-6f, "seed " + seed);
        float[] here = flat(one);
        float[] there = flat(two);
        int common =
            (int) IntStream.range(0, here.length).filter(i -> here[i] * there[i] == 1).count();
        assertEquals(1200 - common, composed.size());
        assertEquals(common / (1200.0 - common), first.overlap(second), 1e-12);
        assertEquals(second.overlap(first), first.overlap(second));
        assertEquals(1, first.overlap(first));
      }
    }
  }

  @Test
  void disjointSupportsDoNotOverlap() {
    try (var first = delta(new float[] {1, 0});
        var second = delta(new float[] {0, 1})) {
      assertEquals(0, SparseDelta.largest(first, 1).overlap(SparseDelta.largest(second, 1)));
    }
  }

  @Test
  void underAMaskOnlyItsEntriesRemain() {
    try (var delta = delta(new float[] {1, 2}, new float[] {3});
        var mask = SomeWeights.of(new float[] {0, 1}, new float[] {0});
        var none = SomeWeights.of(new float[] {0, 0}, new float[] {0});
        var kept = SparseDelta.under(mask, delta).dense()) {
      assertArrayEquals(new float[] {0, 2, 0}, flat(kept.arrays()));
      assertThrows(IllegalArgumentException.class, () -> SparseDelta.under(none, delta));
    }
  }

  @Test
  void onlyItsEntriesOfTheBaseChange() {
    try (var base = SomeWeights.of(new float[] {1, 2}, new float[] {3});
        var delta = delta(new float[] {10, 20});
        var other = delta(new float[] {1, 2, 3});
        var more = delta(new float[] {1, 2}, new float[] {3}, new float[] {4});
        var sum = SparseDelta.largest(delta, 1).addedTo(base)) {
      assertArrayEquals(new float[] {1, 22, 3}, flat(sum));
      assertArrayEquals(new float[] {1, 2, 3}, flat(base));
      var reshaped = SparseDelta.largest(other, 1);
      assertThrows(IllegalArgumentException.class, () -> reshaped.addedTo(base));
      assertThrows(
          IllegalArgumentException.class, () -> reshaped.plus(SparseDelta.largest(delta, 1)));
      assertThrows(
          IllegalArgumentException.class, () -> SparseDelta.largest(more, 1).addedTo(base));
    }
  }

  @Test
  void notANumberIsRefused() {
    try (var delta = delta(new float[] {1, Float.NaN})) {
      assertTrue(
          assertThrows(IllegalArgumentException.class, () -> SparseDelta.largest(delta, 1))
              .getMessage()
              .contains("expected a finite number"));
    }
  }

  @Test
  void whatIsSavedIsRead() {
    var file = folder.resolve("delta.safetensors");
    try (var delta = new WeightDelta(SomeWeights.random(1, "delta"))) {
      var saved = SparseDelta.largest(delta, 3); // leaves some arrays without an entry
      saved.save(file);
      var read = SparseDelta.read(file);
      try (var expected = saved.dense();
          var found = read.dense();
          var mask = saved.mask();
          var again = read.mask()) {
        assertEquals(expected.arrays().digest(), found.arrays().digest());
        assertEquals(mask.digest(), again.digest());
      }
    }
  }

  @Test
  void hostileFilesAreRefused() {
    long[] shape = {2, 2};
    long[] places = {0, 3};
    float[] values = {1, 2};
    assertEquals(2, SparseDelta.read(file(shape, places, values)).size());
    assertRefused("outside", shape, new long[] {0, 4}, values);
    assertRefused("outside", shape, new long[] {-1, 3}, values);
    assertRefused("out of order", shape, new long[] {3, 0}, values);
    assertRefused("out of order", shape, new long[] {3, 3}, values);
    assertRefused("integer overflow", shape, new long[] {0, 1L << 32}, values);
    assertRefused("2 places have 1 values", shape, places, new float[] {1});
    assertRefused("finite", shape, places, new float[] {1, Float.POSITIVE_INFINITY});
    assertRefused("The shape of a", new long[] {-2, -2}, places, values);
    assertRefused("The shape of a", new long[] {1 << 16, 1 << 16}, places, values);
    assertRefused("overflow", new long[] {1L << 62, 4}, places, values);
    assertRefused("No entry", shape, new long[0], new float[0]);
  }

  @Test
  void filesOfOtherArraysAreRefused() {
    var file = folder.resolve("weights.safetensors");
    try (var manager = Torch.manager()) {
      var arrays = new LinkedHashMap<String, NDArray>();
      arrays.put("a.shape", Memory.ofLongs(manager, new long[] {1}));
      arrays.put("a.places", Memory.ofFloats(manager, new float[] {0}));
      arrays.put("a.values", Memory.ofFloats(manager, new float[] {0}));
      try (var weights = Weights.of(arrays)) {
        Safetensors.write(file, weights, Dtype.F32, Map.of());
        assertRefused("int64", file);
        Safetensors.write(file, weights.only(n -> !n.endsWith("places")), Dtype.F32, Map.of());
        assertRefused("There is no weight a.places", file);
      }
      try (var plain = SomeWeights.random(1, "plain")) {
        Safetensors.write(file, plain, Dtype.F32, Map.of());
        assertRefused("belong to none", file);
      }
    }
  }

  private void assertRefused(String fault, long[] shape, long[] places, float[] values) {
    assertRefused(fault, file(shape, places, values));
  }

  private static void assertRefused(String fault, Path file) {
    var message =
        assertThrows(IllegalArgumentException.class, () -> SparseDelta.read(file)).getMessage();
    assertTrue(message.startsWith(file + " holds no sparse delta"), message);
    assertTrue(message.contains(fault), message);
  }

  private Path file(long[] shape, long[] places, float[] values) {
    var file = folder.resolve("hostile.safetensors");
    try (var manager = Torch.manager()) {
      var arrays = new LinkedHashMap<String, NDArray>();
      arrays.put("a.shape", Memory.ofLongs(manager, shape));
      arrays.put("a.places", Memory.ofLongs(manager, places));
      arrays.put("a.values", Memory.ofFloats(manager, values));
      try (var weights = Weights.of(arrays)) {
        Safetensors.write(file, weights, Dtype.F32, Map.of());
      }
    }
    return file;
  }
}
