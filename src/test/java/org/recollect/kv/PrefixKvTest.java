package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.kv.KvCacheTest.Token;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

class PrefixKvTest {

  private static final Policy SEARCHING = Kv.keep(new AttentionMass()).share(PrefixKv.searching());

  @Test
  void totalsAreExactForAnyAttentionAndBudget() {
    for (long seed = 0; seed < 60; seed++) {
      var random = new Random(seed);
      var config = Texts.config(1 + random.nextInt(6), 2, 2, 4);
      int tokens = 2 + random.nextInt(80);
      var prompt = skewed(config, tokens, random);
      int kept = 2 + random.nextInt(tokens - 1);
      for (var policy : List.of(SEARCHING, fitted(skewed(config, 30, random), prompt))) {
        int[] sizes = sizes(policy, prompt, kept);
        String when = policy.name() + ", seed " + seed + ": " + Arrays.toString(sizes);
        assertEquals(kept * config.layers(), Arrays.stream(sizes).sum(), when);
        assertTrue(Arrays.stream(sizes).allMatch(size -> size >= 2 && size <= tokens), when);
      }
    }
  }

  /// Whatever a token is worth to one layer, no other sizes with the same sum serve the layer that
  /// is served worst better.
  @Test
  void theWorstServedLayerCannotBeServedBetter() {
    for (long seed = 0; seed < 40; seed++) {
      var random = new Random(seed);
      var config = Texts.config(2 + random.nextInt(4), 1, 2, 4);
      var prompt = skewed(config, 40 + random.nextInt(40), random);
      int kept = 4 + random.nextInt(30);
      int[] sizes = sizes(SEARCHING, prompt, kept);
      double least = least(prompt, sizes);
      for (int attempt = 0; attempt < 50; attempt++) {
        int[] other = sizes.clone();
        for (int moves = 1 + random.nextInt(20); moves > 0; moves--) {
          int from = random.nextInt(other.length);
          int to = random.nextInt(other.length);
          int moved = Math.min(other[from] - 2, prompt.length() - other[to]);
          other[from] -= Math.min(1, moved);
          other[to] += Math.min(1, moved);
        }
        assertTrue(least(prompt, other) <= least + 1e-12, "seed " + seed);
      }
      int[] equal = new int[sizes.length];
      Arrays.fill(equal, kept);
      assertTrue(least(prompt, equal) <= least + 1e-12, "seed " + seed);
    }
  }

  /// One layer looks at tokens 0 and 5 only, the other at all eight alike.
  @Test
  void aLayerThatLooksAtFewTokensLeavesRoomToTheOther() {
    var config = Texts.config(2, 1, 1, 4);
    var prompt =
        planted(config, new float[][] {{4, 0, 0, 0, 0, 4, 0, 0}, {1, 1, 1, 1, 1, 1, 1, 1}});
    assertArrayEquals(new double[] {.5, .5, 1, 1, 1, 1, 1, 1}, PrefixKv.curve(prompt, 0), 1e-12);
    assertEquals(0.375, PrefixKv.curve(prompt, 1)[2], 1e-12);
    // Five tokens a layer: three (0, the last, and 5) hold all of the first layer's mass.
    assertArrayEquals(new int[] {3, 7}, sizes(SEARCHING, prompt, 5));
    // Three a layer: the first layer's two protected tokens hold a half already, as do four of the
    // second's.
    assertArrayEquals(new int[] {2, 4}, sizes(SEARCHING, prompt, 3));
    // Of so narrow heads, what goes with five tokens takes as much as three more.
    try (var cache = SEARCHING.cache(prompt, Budget.fraction(1))) {
      assertEquals(List.of(0, 5, 7), positions(cache, 0));
    }
  }

  @Test
  void layersThatAreAlikeAreServedAlike() {
    var config = Texts.config(4, 2, 2, 4);
    float[] one = Texts.positive(new Random(3), 4 * 50);
    var prompt = planted(config, new float[][] {one, one, one, one});
    assertArrayEquals(new int[] {20, 20, 20, 20}, sizes(SEARCHING, prompt, 20));
  }

  @Test
  void theProfileIsTheMeanOverCalibrationTexts() {
    var random = new Random(7);
    var config = Texts.config(3, 1, 2, 4);
    var prompt = skewed(config, 60, random);
    var other = skewed(config, 60, random);
    for (int kept : new int[] {6, 20, 45}) {
      int[] own = sizes(SEARCHING, prompt, kept);
      assertArrayEquals(own, sizes(fitted(prompt), prompt, kept), "a profile of the text itself");
      int[] foreign = sizes(SEARCHING, other, kept);
      int[] both = sizes(fitted(prompt, other), prompt, kept);
      for (int layer = 0; layer < 3; layer++) {
        assertEquals((own[layer] + foreign[layer]) / 2.0, both[layer], 1);
      }
    }
  }

  @Test
  void withoutCalibrationItSaysWhatToDo() {
    var prompt = skewed(Texts.config(2, 1, 1, 4), 20, new Random(1));
    var refusal =
        assertThrows(
            IllegalStateException.class, () -> Kv.prefixKv().cache(prompt, Budget.fraction(0.5)));
    assertTrue(refusal.getMessage().contains("fit("), refusal.getMessage());
    assertThrows(IllegalArgumentException.class, () -> new AttentionMass(0));
  }

  /// While decoding, a list in order of position from which the entry of a fixed slot is removed
  /// whenever there are more than the ratio allows.
  @Test
  void decodingKeepsTheRatioByRemovingAtAFixedSlot() {
    for (long seed = 0; seed < 10; seed++) {
      var random = new Random(seed);
      var config = Texts.config(2, 2, 2, 4);
      int tokens = 60 + random.nextInt(60);
      int tail = 1 + random.nextInt(40);
      var prompt = skewed(config, tokens, random);
      var policy = Kv.keep(new AttentionMass(tail)).share(PrefixKv.searching()).store(Kv.full());
      try (var cache = policy.cache(prompt, Budget.fraction(0.9))) {
        var expected = new ArrayList<List<Integer>>();
        int[] kept = new int[2];
        for (int layer = 0; layer < 2; layer++) {
          expected.add(new ArrayList<>(positions(cache, layer)));
          kept[layer] = expected.get(layer).size();
        }
        for (int seen = tokens + 1; seen < tokens + 100; seen++) {
          for (int layer = 0; layer < 2; layer++) {
            new Token(config, random).attend(cache, layer);
            var list = expected.get(layer);
            list.add(seen - 1);
            if (list.size() > (long) kept[layer] * seen / tokens) {
              list.remove(Math.max(1, kept[layer] - tail));
            }
            assertEquals(list.size(), cache.tokens(layer, 0), "seed " + seed);
          }
        }
        for (int layer = 0; layer < 2; layer++) {
          // The next token shows which were kept: the one given up last has been overwritten.
          new Token(config, random).attend(cache, layer);
          var held = positions(cache, layer);
          expected.get(layer).add(tokens + 99);
          assertTrue(held.containsAll(expected.get(layer)), "seed " + seed);
        }
      }
    }
  }

  @Test
  void allHeadsKeepTheSameTokensAndTheEnds() {
    var random = new Random(2);
    var config = Texts.config(2, 4, 2, 4);
    var prompt = skewed(config, 70, random);
    try (var cache = SEARCHING.cache(prompt, Budget.fraction(0.3))) {
      for (int layer = 0; layer < 2; layer++) {
        assertEquals(1, cache.lanes(layer).size());
        var kept = positions(cache, layer);
        assertTrue(kept.contains(0) && kept.contains(69));
        double[] mass = AttentionMass.of(prompt, layer);
        double weakest =
            kept.stream().filter(t -> t > 0 && t < 69).mapToDouble(t -> mass[t]).min().orElse(1);
        for (int token = 1; token < 69; token++) {
          assertTrue(kept.contains(token) || mass[token] <= weakest);
        }
      }
    }
  }

  private static Policy fitted(Prompt... texts) {
    return Kv.prefixKv().fit(new Calibration(List.of(texts)));
  }

  private static int[] sizes(Policy policy, Prompt prompt, int kept) {
    var demand = policy.demand(prompt, Budget.fraction(1), null);
    var asked =
        new Demand(
            prompt, demand.importance(), kept, demand.budget(), demand.scorer(), demand.formats());
    return Arrays.stream(policy.allocator().share(asked)).mapToInt(heads -> heads[0]).toArray();
  }

  private static double least(Prompt prompt, int[] sizes) {
    return IntStream.range(0, sizes.length)
        .mapToDouble(layer -> PrefixKv.curve(prompt, layer)[sizes[layer] - 1])
        .min()
        .orElseThrow();
  }

  private static List<Integer> positions(KvCache cache, int layer) {
    return Arrays.stream(cache.lanes(layer).getFirst().store().positions())
        .sorted()
        .boxed()
        .toList();
  }

  /// A prompt whose layers differ in how concentrated their attention is.
  private static Prompt skewed(ModelConfig config, int tokens, Random random) {
    float[][] sums = new float[config.layers()][config.heads() * tokens];
    for (float[] layer : sums) {
      double power = 0.2 + 5 * random.nextDouble();
      for (int i = 0; i < layer.length; i++) {
        layer[i] = (float) Math.pow(1 - random.nextDouble(), power);
      }
    }
    return planted(config, sums);
  }

  /// A prompt whose tokens received this attention, `[layers][heads * tokens]`, scaled so that each
  /// layer's is as much as there are tokens and heads.
  private static Prompt planted(ModelConfig config, float[][] sums) {
    int tokens = sums[0].length / config.heads();
    var prompt = Texts.prompt(config, tokens, new Random(1));
    var layers = new ArrayList<Prompt.Layer>();
    for (int layer = 0; layer < sums.length; layer++) {
      double total = 0;
      for (float sum : sums[layer]) {
        total += sum;
      }
      float[] scaled = new float[sums[layer].length];
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = (float) (sums[layer][i] * scaled.length / total);
      }
      var old = prompt.layer(layer);
      layers.add(
          new Prompt.Layer(
              old.input(),
              old.queries(),
              old.keys(),
              old.values(),
              scaled,
              old.windowAttention(),
              old.argmax(),
              old.massive()));
    }
    return new Prompt(config, prompt.tokens(), prompt.window(), layers, prompt.logits());
  }
}
