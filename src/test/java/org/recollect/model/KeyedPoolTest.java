package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recollect.model.KeyedPool.Slots;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

class KeyedPoolTest {
  private static final ModelConfig CONFIG =
      new ModelConfig(11, 12, 10, 2, 2, 1, 6, 10_000, 1e-5, 64, true);

  private final LanguageModel model = Subjects.sharp(CONFIG, 1);
  private final NDManager manager = Torch.manager();

  @AfterEach
  void close() {
    manager.close();
    model.close();
  }

  /// Keys (1, 0 | 0, 2) and (0, 3 | 1, 0) in two groups: the query (3, 4 | 0, 5) has the cosines .6
  /// and 1 with the first, .8 and 0 with the second.
  @Test
  void sharesAreCosinesMadeToSumToOne() {
    try (var pool = KeyedPool.of(model, new Slots(2, 1, 4, 2, 2), 1, "o_proj");
        var nearest = KeyedPool.of(model, new Slots(2, 1, 4, 2, 1), 1, "o_proj");
        var _ = Torch.newScope()) {
      float[] keys = {1, 0, 0, 2, 0, 3, 1, 0};
      Memory.write(pool.keys().get("keys"), keys);
      Memory.write(nearest.keys().get("keys"), keys);
      var query = Memory.ofFloats(manager, new float[] {3, 4, 0, 5, -1, 0, 0, -1}, 2, 4);
      assertArrayEquals(
          new float[] {.8f, .4f, -1, 0}, Memory.toFloats(pool.similarities(query)), 1e-6f);
      assertArrayEquals(
          new float[] {2 / 3f, 1 / 3f, 0, 0}, Memory.toFloats(pool.shares(query)), 1e-6f);
      assertArrayEquals(new float[] {1, 0, 0, 0}, Memory.toFloats(nearest.shares(query)), 1e-6f);
    }
  }

  @Test
  void keysOfATaskStartOrthonormalInEveryGroup() {
    try (var pool = KeyedPool.of(model, new Slots(3, 1, 12, 3, 2), 1, "o_proj")) {
      float[] keys = Memory.toFloats(pool.keys().get("keys"));
      for (int group = 0; group < 3; group++) {
        for (int a = 0; a < 3; a++) {
          for (int b = 0; b < 3; b++) {
            double dot = 0;
            for (int i = 0; i < 4; i++) {
              dot += keys[a * 12 + group * 4 + i] * keys[b * 12 + group * 4 + i];
            }
            assertEquals(a == b ? 1 : 0, dot, 1e-5);
          }
        }
      }
    }
  }

  @Test
  void aSlotTakenWholeIsItsLora() {
    try (var pool = KeyedPool.of(model, new Slots(1, 3, 4, 1, 1), 1, "o_proj", "up_proj");
        var lora = Lora.of(model, 3, 3, 1, "o_proj", "up_proj");
        var _ = Torch.newScope()) {
      train(pool.weights(), 1);
      train(lora.weights(), 1);
      pool.grow(2);
      train(pool.weights(), 2);
      var first = pool.mixed(() -> Memory.ofFloats(manager, new float[] {1, 0}, 1, 2));
      assertClose(logits(lora.on(model), text(1)), logits(first.on(model), text(1)));
      train(lora.weights(), 2);
      var second = pool.mixed(() -> Memory.ofFloats(manager, new float[] {0, 1}, 1, 2));
      assertClose(logits(lora.on(model), text(1)), logits(second.on(model), text(1)));
    }
  }

  @Test
  void rowsOfABatchTakeTheirOwnSlots() {
    try (var pool = KeyedPool.of(model, new Slots(3, 2, 8, 2, 2), 1, "o_proj", "down_proj");
        var _ = Torch.newScope()) {
      train(pool.weights(), 1);
      pool.grow(2);
      train(pool.weights(), 2);
      assertEquals(6, pool.size());
      assertEquals(1, pool.owner(3));
      float[] one = RandomStream.of(5).gaussians(8);
      float[] other = RandomStream.of(6).gaussians(8);
      var both = Memory.ofFloats(manager, joined(one, other), 2, 8);
      float[] given = logits(pool.asked(both).on(model), text(2));
      float[] expected =
          joined(
              logits(pool.asked(row(one)).on(model), text(1)),
              logits(pool.asked(row(other)).on(model), text(1)));
      assertClose(expected, given);
      int half = given.length / 2;
      assertFalse(
          Arrays.equals(Arrays.copyOf(given, half), Arrays.copyOfRange(given, half, 2 * half)));
    }
  }

  /// The loss trains the newest values; keys are trained by what is similar to them.
  @Test
  void gradientsReachTheNewestValuesOrTheNewestKeysOnly() {
    try (var pool = KeyedPool.of(model, new Slots(2, 2, 4, 1, 4), 1, "o_proj");
        var _ = Torch.newScope()) {
      var oldKeys = pool.keys();
      var oldValues = pool.weights();
      pool.grow(2);
      train(pool.weights(), 2);
      var queries = row(new float[] {1, 2, -3, 1});
      GradientCheck.of(
          pool.weights(), () -> pool.mixed(this::shares).on(model).forward(text(1)).mean());
      GradientCheck.of(pool.keys(), () -> pool.similarities(queries).sum());
      assertTrue(oldKeys.asMap().values().stream().noneMatch(NDArray::hasGradient));
      assertTrue(oldValues.asMap().values().stream().noneMatch(NDArray::hasGradient));
      assertTrue(model.weights().asMap().values().stream().noneMatch(NDArray::hasGradient));
    }
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Slots(5, 1, 8, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> new Slots(2, 1, 9, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> new Slots(2, 1, 8, 2, 0));
    try (var pool = KeyedPool.of(model, new Slots(2, 2, 4, 1, 4), 1, "o_proj");
        var _ = Torch.newScope()) {
      var narrow = manager.zeros(new Shape(1, 3));
      var mixed = pool.mixed(() -> narrow).on(model);
      assertThrows(IllegalArgumentException.class, () -> mixed.forward(text(1)));
    }
  }

  private NDArray shares() {
    return Memory.ofFloats(manager, new float[] {.1f, .2f, .3f, .4f}, 1, 4);
  }

  private NDArray row(float[] query) {
    return Memory.ofFloats(manager, query, 1, query.length);
  }

  private NDArray text(int rows) {
    int[] tokens = {1, 4, 2, 0, 3};
    int[] all = new int[rows * tokens.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = tokens[i % tokens.length];
    }
    return Memory.ofInts(manager, all, rows, tokens.length);
  }

  private static float[] logits(LanguageModel of, NDArray tokens) {
    return Memory.toFloats(of.forward(tokens));
  }

  private static void assertClose(float[] expected, float[] given) {
    float largest = 1;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertArrayEquals(expected, given, 1e-5f * largest);
  }

  private static float[] joined(float[] first, float[] second) {
    float[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  private static void train(Weights weights, long seed) {
    weights
        .asMap()
        .forEach((name, weight) ->
            Memory.write(weight, RandomStream.of(seed, name).gaussians((int) weight.size())));
  }
}
