package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.recollect.kernel.PageFormat;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;
import org.recollect.model.Rope;

class SphericalTest {

  private static final Scorer PEAKS = new PeakAttention(16, 8, 0.9, 4, 8);

  /// What attention over the codes gives is what attention over the rebuilt keys gives, with the
  /// queries as long as they are: a table of normalised queries would change the temperature.
  @Test
  void logitsFromTablesAreThoseOfRebuiltKeys() {
    for (long seed = 0; seed < 12; seed++) {
      var random = new Random(seed);
      int d = new int[] {16, 32, 48, 128}[random.nextInt(4)];
      var config = Texts.config(1, 1 + random.nextInt(3), 1 + random.nextInt(3), d);
      var prompt = Texts.prompt(config, 64 + random.nextInt(100), random);
      var policy =
          Kv.keep(PEAKS)
              .share(RateDistortion.published())
              .store(Spherical.tiers())
              .fit(new Calibration(List.of(prompt)));
      try (var cache = policy.cache(prompt, Budget.keyBits(1.4 * d))) {
        float[] queries = Texts.gaussian(random, config.heads() * d);
        for (int i = 0; i < queries.length; i++) {
          queries[i] *= 4;
        }
        float[] asked = queries.clone();
        float[] output = new float[queries.length];
        int width = config.kvHeads() * d;
        int position = cache.position();
        cache.attend(
            0, queries, Texts.gaussian(random, width), Texts.gaussian(random, width), output);
        for (int head = 0; head < config.heads(); head++) {
          assertRebuilt(cache, config, head, asked, position, output, "seed " + seed);
        }
      }
    }
  }

  private static void assertRebuilt(
      KvCache cache,
      ModelConfig config,
      int head,
      float[] queries,
      int position,
      float[] output,
      String message) {
    int d = config.headDim();
    var keys = new ArrayList<float[]>();
    var values = new ArrayList<float[]>();
    for (Block block : cache.lanes(0).get(head / config.groupSize()).store().blocks()) {
      var rows = block.first(block.tokens());
      for (int t = 0; t < block.tokens(); t++) {
        keys.add(Arrays.copyOfRange(rows.keys(), t * d, (t + 1) * d));
        values.add(Arrays.copyOfRange(rows.values(), t * d, (t + 1) * d));
      }
    }
    float[] query = Arrays.copyOfRange(queries, head * d, (head + 1) * d);
    double[] expected = Texts.attend(Texts.turned(query, Rope.of(config), position), keys, values);
    for (int c = 0; c < d; c++) {
      assertEquals(expected[c], output[head * d + c], 5e-5, message + ", head " + head);
    }
  }

  @Test
  void eachGroupHasTheDirectionOfLargestCosineAndItsLength() {
    var random = new Random(3);
    var config = Texts.config(1, 2, 1, 32);
    var prompt = Texts.prompt(config, 100, random);
    var spherical = Spherical.tier(0).fit(new Calibration(List.of(prompt)));
    try (var cache = spherical.policy().cache(prompt, Budget.fraction(1))) {
      var lane = cache.lanes(0).get(1);
      var book = ((Book) lane.format().keys()).book();
      float[] exact = Rows.of(prompt, 0, lane.format(), 1, 1).keys();
      float[] rebuilt = lane.store().blocks().getFirst().first(64).keys();
      for (int from = 0; from < 64 * 32; from += 8) {
        double best = 0;
        for (int code = 0; code < 64; code++) {
          double along = 0;
          for (int i = 0; i < 8; i++) {
            along += exact[from + i] * book.number(from % 32 / 8, code, i);
          }
          best = Math.max(best, along);
        }
        double length = product(exact, exact, from);
        double kept = product(rebuilt, rebuilt, from);
        assertEquals(1, Math.sqrt(kept / length), 1 / 15.0, "a byte is off by 1/16 at most");
        assertEquals(best, product(exact, rebuilt, from) / Math.sqrt(kept), 1e-4);
      }
    }
  }

  private static double product(float[] x, float[] y, int from) {
    double sum = 0;
    for (int i = from; i < from + 8; i++) {
      sum += (double) x[i] * y[i];
    }
    return sum;
  }

  @Test
  void aTokenTakesTheBitsOfItsTier() {
    assertEquals(List.of(56L, 48L, 24L), bits(Spherical.tiers(), 32));
    assertEquals(List.of(112L, 96L, 48L), bits(Spherical.tiers(), 128));
    assertEquals(List.of(112L, 96L, 48L), bits(Spherical.tiers().groups(4), 32));
    assertEquals(List.of(48L), bits(Spherical.tier(1), 32));
  }

  private static List<Long> bits(Spherical codec, int headDim) {
    var config = Texts.config(1, 1, 1, headDim);
    var prompt = Texts.prompt(config, 70, new Random(1));
    var format = codec.fit(new Calibration(List.of(prompt))).layer(0, config);
    var bits = new ArrayList<Long>();
    for (int tier = 0; tier < format.tiers(); tier++) {
      PageFormat keys = format.keys(tier);
      bits.add(8 * keys.bytes(1, headDim));
    }
    return bits;
  }

  @Test
  void headsHaveBooksOfTheirOwnAndFinerTiersSmallerErrors() {
    var config = Texts.config(2, 2, 1, 32);
    var prompt = Texts.prompt(config, 200, new Random(5));
    var calibration = new Calibration(List.of(prompt));
    var fitted = Spherical.tiers().fit(calibration);
    assertEquals(fitted, Spherical.tiers().fit(calibration), "deterministic");
    assertNotEquals(fitted.head(0, 0, config), fitted.head(0, 1, config));
    assertNotEquals(fitted.head(0, 0, config), fitted.head(1, 0, config));
    double error = 0;
    for (int tier = 0; tier < 3; tier++) {
      double coarser = keyError(Spherical.tier(tier).fit(calibration), prompt);
      assertTrue(coarser > error, "tier " + tier);
      error = coarser;
    }
    assertTrue(
        keyError(Spherical.tier(0).groups(4).fit(calibration), prompt)
            < keyError(Spherical.tier(0).fit(calibration), prompt));
  }

  private static double keyError(Codec codec, Prompt prompt) {
    try (var cache = codec.policy().cache(prompt, Budget.fraction(1))) {
      return KeyError.of(cache, prompt);
    }
  }

  @Test
  void refusesWhatMakesNoCode() {
    var config = Texts.config(1, 1, 1, 24);
    var calibration = new Calibration(List.of(Texts.prompt(config, 70, new Random(1))));
    assertThrows(IllegalArgumentException.class, () -> Spherical.tiers().fit(calibration));
    assertThrows(IllegalArgumentException.class, () -> Spherical.tier(3));
    assertThrows(IllegalArgumentException.class, () -> Spherical.tiers().groups(-1));
    var unfitted =
        assertThrows(IllegalStateException.class, () -> Spherical.tiers().layer(0, config));
    assertTrue(unfitted.getMessage().contains("fit("), unfitted.getMessage());
  }

  @Test
  void peaksAreAveragedOverTheLastQueries() {
    var random = new Random(9);
    var config = Texts.config(1, 2, 2, 4);
    int tokens = 40;
    var prompt = Texts.prompt(config, tokens, random);
    float[] attention = prompt.layer(0).windowAttention();
    float[][] importance = new PeakAttention(20, 3, 0.8, 4, 8).importance(prompt, 0);
    for (int head = 0; head < 2; head++) {
      for (int token = 0; token < tokens; token++) {
        double omega = 0;
        for (int query = 12; query < 32; query++) {
          double peak = 0;
          for (int s = Math.max(12, query - 2); s <= query; s++) {
            for (int q = 2 * head; q < 2 * head + 2; q++) {
              peak = Math.max(peak, attention[(q * 32 + s) * tokens + token]);
            }
          }
          omega = query == 12 ? peak : 0.8 * omega + 0.2 * peak;
        }
        assertEquals(omega, importance[head][token], 1e-5);
      }
    }
    var refused =
        assertThrows(
            IllegalArgumentException.class, () -> new PeakAttention().importance(prompt, 0));
    assertTrue(refused.getMessage().contains("prefill"), refused.getMessage());
  }
}
