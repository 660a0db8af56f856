package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.kv.WindowKv.Strategy;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

class WindowKvTest {

  private static final WindowKv LOCALISING = new WindowKv(Strategy.LOCALISATION);
  private static final WindowKv AGGREGATING = new WindowKv(Strategy.AGGREGATION);

  /// Two heads, 28 tokens: three windows of four before a suffix of 16.
  @Test
  void aWindowIsJudgedByItsBetterHalfOrByItsAverage() {
    var config = Texts.config(1, 1, 2, 4);
    float[][] received = {
      {8, 0, 0, 0, 3, 3, 3, 3, 1, 1, 0, 0}, {0, 8, 0, 0, 3, 3, 3, 3, 0, 0, 1, 1}
    };
    var prompt = planted(config, 28, received);
    float[] mean = AGGREGATING.width(4).importance(prompt, 0)[0];
    assertArrayEquals(new float[] {2, 2, 2, 2, 3, 3, 3, 3, .5f, .5f, .5f, .5f}, part(mean, 12));
    var localising = LOCALISING.width(4).importance(planted(config, 44, received), 0)[0];
    assertArrayEquals(new float[] {4, 4, 4, 4, 3, 3, 3, 3, 1, 1, 1, 1}, part(localising, 12));
  }

  @Test
  void theLastWindowMayBeShorter() {
    var config = Texts.config(1, 1, 1, 4);
    var prompt = planted(config, 16 + 5, new float[][] {{1, 1, 1, 1, 6}});
    assertArrayEquals(
        new float[] {1, 1, 1, 1, 6}, part(AGGREGATING.width(4).importance(prompt, 0)[0], 5));
    assertArrayEquals(
        new float[] {1, 1, 1, 1, 6}, part(AGGREGATING.width(1).importance(prompt, 0)[0], 5));
  }

  /// What is kept before the suffix are the best windows, whole, alike in all heads.
  @Test
  void windowsAreKeptWhole() {
    for (long seed = 0; seed < 30; seed++) {
      var random = new Random(seed);
      var config = Texts.config(1 + random.nextInt(3), 1 + random.nextInt(3), 2, 16);
      int tokens = 40 + random.nextInt(120);
      var prompt = Texts.prompt(config, tokens, random);
      int width = 1 + random.nextInt(10);
      var scorer = (random.nextBoolean() ? LOCALISING : AGGREGATING).width(width);
      try (var cache = Kv.keep(scorer).cache(prompt, Budget.fraction(0.95))) {
        for (int layer = 0; layer < config.layers(); layer++) {
          assertEquals(1, cache.lanes(layer).size(), "one lane for all heads");
          var kept = positions(cache, layer);
          int suffix = scorer.strategy().suffix();
          int review = tokens - suffix;
          String when = "seed " + seed + ", width " + width + ", layer " + layer;
          assertTrue(IntStream.range(review, tokens).allMatch(kept::contains), when);
          float[] score = scorer.importance(prompt, scorer.scoringLayer(layer))[0];
          double worst = 1e9;
          for (int from = 0; from < review; from += width) {
            int to = Math.min(review, from + width);
            long held = IntStream.range(from, to).filter(kept::contains).count();
            assertTrue(held == 0 || held == to - from, when);
            worst = held > 0 ? Math.min(worst, score[from]) : worst;
          }
          // Only a shorter window may stay where a whole one that is better finds no room.
          for (int from = 0; from + width <= review; from += width) {
            assertTrue(kept.contains(from) || score[from] <= worst, when);
          }
        }
      }
    }
  }

  @Test
  void layersOfAGroupShareOneChoice() {
    for (long seed = 0; seed < 10; seed++) {
      var random = new Random(seed);
      int group = 1 + random.nextInt(3);
      var config = Texts.config(1 + random.nextInt(7), 2, 1, 16);
      var prompt = Texts.prompt(config, 150, random);
      var policy = Kv.keep(LOCALISING.sharedBy(group)).share(new GroupDescent(group, 14));
      float[][][] importance = Policy.importance(policy.scorer(), prompt);
      try (var cache = policy.cache(prompt, Budget.fraction(0.6))) {
        for (int layer = 0; layer < config.layers(); layer++) {
          int first = layer / group * group;
          assertArrayEquals(importance[first][0], importance[layer][0]);
          assertEquals(positions(cache, first), positions(cache, layer), "seed " + seed);
        }
      }
    }
  }

  /// 4 layers in groups of 2, beta 14: the last group has a seventh of the mean.
  @Test
  void groupsDescendByEqualSteps() {
    var policy = Kv.keep(LOCALISING).share(new GroupDescent());
    assertArrayEquals(new int[] {162, 162, 42, 42}, shares(policy, 4, 32 + 70));
    var six = Kv.keep(LOCALISING).share(new GroupDescent(2, 4));
    assertArrayEquals(new int[] {92, 92, 72, 72, 52, 52}, shares(six, 6, 32 + 40));
    var one = Kv.keep(LOCALISING).share(new GroupDescent(8, 14));
    assertArrayEquals(new int[] {90, 90, 90}, shares(one, 3, 90));
  }

  @Test
  void groupsHaveEqualSharesAndNearlyTheWholeBudget() {
    for (long seed = 0; seed < 60; seed++) {
      var random = new Random(seed);
      int group = 1 + random.nextInt(4);
      int layers = 1 + random.nextInt(9);
      int tokens = 33 + random.nextInt(200);
      var policy = Kv.keep(LOCALISING).share(new GroupDescent(group, 14));
      int[] shares = shares(policy, layers, tokens);
      String when = "seed " + seed + ": " + Arrays.toString(shares);
      for (int layer = 0; layer < layers; layer++) {
        assertEquals(shares[layer / group * group], shares[layer], when);
        assertTrue(shares[layer] >= 32 && shares[layer] <= 300, when);
        assertTrue(layer == 0 || shares[layer] <= shares[layer - 1], when);
      }
      int sum = Arrays.stream(shares).sum();
      assertTrue(sum <= tokens * layers && sum > tokens * layers - layers, when);
    }
  }

  @Test
  void theTaskOfThePromptDecides() {
    var classifier =
        TaskClassifier.train(
            List.of(new int[] {1, 2, 7}, new int[] {1, 3, 7}),
            List.of(new int[] {1, 2, 8}, new int[] {1, 4, 8}),
            50);
    assertEquals(Strategy.LOCALISATION, classifier.strategy(new int[] {9, 9, 7}));
    assertEquals(Strategy.AGGREGATION, classifier.strategy(new int[] {9, 8, 9}));
    assertEquals(Strategy.LOCALISATION, classifier.strategy(new int[] {9, 9}));
    int[] late = new int[2000];
    late[1000] = 8;
    assertEquals(Strategy.LOCALISATION, classifier.strategy(late), "only both ends are read");
    late[1999] = 8;
    assertEquals(Strategy.AGGREGATION, classifier.strategy(late));

    // A prompt of zeros with nothing that speaks for either is a localisation: 32 tokens stay.
    var prompt = Texts.prompt(Texts.config(1, 1, 1, 16), 100, new Random(1));
    assertEquals(32, new WindowKv(classifier).on(prompt).recent(100));
    var aggregating = TaskClassifier.train(List.of(new int[] {1}), List.of(new int[] {0}), 50);
    var adapted = new WindowKv(aggregating).on(prompt);
    assertEquals(16, adapted.recent(100));
    assertEquals(Optional.empty(), adapted.classifier());
    try (var asked = Kv.windowKv(aggregating).cache(prompt, Budget.fraction(0.5));
        var fixed =
            Kv.keep(AGGREGATING).share(new GroupDescent()).cache(prompt, Budget.fraction(0.5))) {
      assertEquals(positions(fixed, 0), positions(asked, 0));
    }
  }

  @Test
  void whatCannotBeIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> LOCALISING.width(0));
    assertThrows(IllegalArgumentException.class, () -> LOCALISING.sharedBy(0));
    assertThrows(IllegalArgumentException.class, () -> new GroupDescent(8, 2));
    assertThrows(
        IllegalArgumentException.class, () -> TaskClassifier.train(List.of(), List.of(), 3));
    var prompt = Texts.prompt(Texts.config(1, 1, 1, 4), 100, new Random(1));
    var short8 = new Prompt(prompt.config(), prompt.tokens(), 8, prompt.layers(), prompt.logits());
    var missing =
        assertThrows(IllegalArgumentException.class, () -> LOCALISING.importance(short8, 0));
    assertTrue(missing.getMessage().contains("window of 32"), missing.getMessage());
  }

  /// Shares of a text of 300 tokens.
  private static int[] shares(Policy policy, int layers, int kept) {
    var prompt = Texts.prompt(Texts.config(layers, 1, 1, 4), 300, new Random(1));
    var demand = policy.demand(prompt, Budget.fraction(1), null);
    var asked =
        new Demand(
            prompt, demand.importance(), kept, demand.budget(), demand.scorer(), demand.formats());
    return Arrays.stream(policy.allocator().share(asked)).mapToInt(heads -> heads[0]).toArray();
  }

  private static float[] part(float[] x, int count) {
    return Arrays.copyOf(x, count);
  }

  private static TreeSet<Integer> positions(KvCache cache, int layer) {
    var positions = new TreeSet<Integer>();
    for (int position : cache.lanes(layer).getFirst().store().positions()) {
      positions.add(position);
    }
    return positions;
  }

  /// A prompt of which each head's last query alone pays the first tokens this much attention.
  private static Prompt planted(ModelConfig config, int tokens, float[][] received) {
    var prompt = Texts.prompt(config, tokens, new Random(1));
    int window = prompt.window();
    float[] attention = new float[config.heads() * window * tokens];
    for (int head = 0; head < received.length; head++) {
      int row = ((head + 1) * window - 1) * tokens;
      System.arraycopy(received[head], 0, attention, row, received[head].length);
    }
    var old = prompt.layer(0);
    var layers = new ArrayList<Prompt.Layer>();
    layers.add(
        new Prompt.Layer(
            old.input(),
            old.queries(),
            old.keys(),
            old.values(),
            old.columnSums(),
            attention,
            old.argmax(),
            old.massive()));
    return new Prompt(config, prompt.tokens(), window, layers, prompt.logits());
  }
}
