package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.model.Placement.Past;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class GatedAttentionTest {

  /// Random queries, keys and values.
  private record Heads(NDArray queries, NDArray keys, NDArray values) {

    static Heads of(NDManager manager, RandomStream random, int tokens, double sharpness) {
      int kvHeads = 1 + random.nextInt(3);
      int headDim = 2 * (1 + random.nextInt(5));
      var many = new Shape(2, kvHeads * (1 + random.nextInt(3)), tokens, headDim);
      var few = new Shape(2, kvHeads, tokens, headDim);
      return new Heads(
          random.gaussian(manager, many, sharpness),
          random.gaussian(manager, few, 1),
          random.gaussian(manager, few, 1));
    }

    int kvHeads() {
      return (int) keys.getShape().get(1);
    }

    int tokens() {
      return (int) keys.getShape().get(2);
    }

    NDArray gated(float[] flags) {
      var array = Memory.ofFloats(keys.getManager(), flags, 2, kvHeads(), tokens());
      return GatedAttention.attend(queries, keys, values, array);
    }

    float[] ones() {
      float[] ones = new float[2 * kvHeads() * tokens()];
      Arrays.fill(ones, 1);
      return ones;
    }

    float[] flags(RandomStream random) {
      float[] flags = ones();
      for (int i = 0; i < flags.length; i++) {
        flags[i] = random.nextBoolean() ? 1 : 0;
      }
      return flags;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17, 64})
  void flagsOfOneArePlainAttention(int tokens) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var heads = Heads.of(manager, RandomStream.of(tokens, "plain"), tokens, 2);
      assertArrayEquals(
          Memory.toFloats(Ops.attention(heads.queries, heads.keys, heads.values, true)),
          Memory.toFloats(heads.gated(heads.ones())),
          1e-5f,
          "seed " + tokens);
    }
  }

  /// Even where the logit of a token that is left out is far above all others.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 9, 33})
  void aFlagOfZeroLeavesTheTokenOut(int tokens) {
    for (double sharpness : new double[] {1, 100}) {
      try (var manager = Torch.manager();
          var _ = Torch.newScope()) {
        var random = RandomStream.of(tokens, "left out");
        var heads = Heads.of(manager, random, tokens, sharpness);
        float[] flags = heads.flags(random);
        assertArrayEquals(
            Memory.toFloats(masked(heads, flags)),
            Memory.toFloats(heads.gated(flags)),
            1e-5f,
            "seed " + tokens + ", sharpness " + sharpness);
      }
    }
  }

  /// Minus infinity added to what is left out, for each head by itself.
  private static NDArray masked(Heads heads, float[] flags) {
    int tokens = heads.tokens();
    int queryHeads = (int) heads.queries.getShape().get(1);
    int group = queryHeads / heads.kvHeads();
    float[] mask = new float[2 * queryHeads * tokens * tokens];
    for (int i = 0; i < mask.length; i++) {
      int key = i % tokens;
      int query = i / tokens % tokens;
      int head = i / tokens / tokens % queryHeads;
      int text = i / tokens / tokens / queryHeads;
      boolean kept = flags[(text * heads.kvHeads() + head / group) * tokens + key] == 1;
      mask[i] = key == query || key < query && kept ? 0 : Float.NEGATIVE_INFINITY;
    }
    var array = Memory.ofFloats(heads.keys.getManager(), mask, 2, queryHeads, tokens, tokens);
    return Ops.attention(heads.queries, heads.keys, heads.values, array);
  }

  @Test
  void aFlagOfZeroHasTheGradientOfLettingTheTokenIn() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var random = RandomStream.of(3, "gradient");
      var heads = Heads.of(manager, random, 6, 0.5);
      float[] flags = heads.flags(random);
      var weights = random.gaussian(manager, heads.queries.getShape(), 1);
      var array = Memory.ofFloats(manager, flags, 2, heads.kvHeads(), 6);
      array.setRequiresGradient(true);
      float[] gradient;
      try (var tape = Torch.gradients()) {
        var mixed = GatedAttention.attend(heads.queries, heads.keys, heads.values, array);
        tape.backward(mixed.mul(weights).sum());
        gradient = Memory.toFloats(array.getGradient());
      }
      int zeroes = 0;
      for (int i = 0; i < flags.length; i++) {
        float step = 0.01f;
        float[] more = flags.clone();
        float[] less = flags.clone();
        more[i] += step;
        less[i] -= step;
        double rise = sum(heads.gated(more).mul(weights)) - sum(heads.gated(less).mul(weights));
        double slope = rise / (more[i] - less[i]);
        assertEquals(slope, gradient[i], 0.02 * Math.max(1, Math.abs(slope)), "flag " + i);
        zeroes += flags[i] == 0 && i % 6 < 5 && Math.abs(gradient[i]) > 1e-3 ? 1 : 0;
      }
      assertTrue(zeroes > 0, "some flag of zero has a gradient");
      assertEquals(0, gradient[5], 1e-6, "nobody comes after the last token");
    }
  }

  private static double sum(NDArray x) {
    double sum = 0;
    for (float value : Memory.toFloats(x)) {
      sum += value;
    }
    return sum;
  }

  /// The last token read by a gated model is the token read after a past that lacks the others.
  @Test
  void aGatedTextIsAPastThinnedOut() {
    try (var model = Subjects.any(7);
        var _ = Torch.newScope()) {
      int[] text = {3, 1, 4, 1, 0, 4, 2};
      float[] row = {1, 0, 1, 1, 0, 1, 0};
      var manager = model.weights().get("model.norm.weight").getManager();
      int kvHeads = model.config().kvHeads();
      float[] flags = new float[kvHeads * row.length];
      for (int i = 0; i < flags.length; i++) {
        flags[i] = row[i % row.length];
      }
      var array = Memory.ofFloats(manager, flags, 1, kvHeads, row.length);
      var gated = model.gated((_, _) -> array);
      var past = new ArrayList<Past>();
      var kept = Memory.ofInts(manager, new int[] {0, 2, 3, 5}, 4);
      float[] whole =
          Memory.toFloats(
              gated
                  .hidden(
                      Memory.ofInts(manager, text, 1, text.length),
                      new Tap() {
                        @Override
                        public void attention(
                            int layer, NDArray q, NDArray k, NDArray v, NDArray rq, NDArray rk) {
                          past.add(
                              new Past(rk.get(":, :, {}", kept), v.get(":, :, {}", kept), null));
                        }
                      })
                  .get(":, -1"));
      var last = Memory.ofInts(manager, new int[] {text[6]}, 1, 1);
      assertArrayEquals(
          whole, Memory.toFloats(model.hidden(last, Placement.after(6, 1, past))), 1e-5f);
      var refusal =
          assertThrows(
              IllegalStateException.class, () -> gated.hidden(last, Placement.after(6, 1, past)));
      assertTrue(refusal.getMessage().contains("read the pieces with the model below the gate"));
    }
  }

  @Test
  void flagsOfAnotherShapeAreRefused() {
    try (var model = Subjects.any(8);
        var _ = Torch.newScope()) {
      var manager = model.weights().get("model.norm.weight").getManager();
      var tokens = Memory.ofInts(manager, new int[] {1, 2}, 1, 2);
      for (var shape : List.of(new Shape(1, 2), new Shape(1, model.config().kvHeads(), 3))) {
        var gated = model.gated((_, _) -> manager.ones(shape));
        assertThrows(IllegalArgumentException.class, () -> gated.hidden(tokens));
      }
    }
  }
}
