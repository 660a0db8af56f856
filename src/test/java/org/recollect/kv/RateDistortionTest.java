package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

class RateDistortionTest {

  private static final ModelConfig CONFIG = Texts.config(2, 2, 1, 32);
  private static final int TOKENS = 120;
  private static final Scorer PEAKS = new PeakAttention(16, 8, 0.9, 4, 8);

  private static Prompt prompt;
  private static Policy policy;

  @BeforeAll
  static void fit() {
    prompt = Texts.prompt(CONFIG, TOKENS, new Random(1));
    policy =
        Kv.keep(PEAKS)
            .share(RateDistortion.published())
            .store(Spherical.tiers())
            .fit(new Calibration(List.of(prompt)));
  }

  private static Demand demand(double bits, long seed) {
    var random = new Random(seed);
    float[][][] importance = new float[2][2][];
    for (var layer : importance) {
      for (int head = 0; head < 2; head++) {
        layer[head] = Texts.positive(random, TOKENS);
      }
    }
    var formats = IntStream.range(0, 2).mapToObj(l -> policy.formats(l, CONFIG)).toList();
    return new Demand(prompt, importance, 40, Budget.keyBits(bits), PEAKS, formats);
  }

  private static long bytes(Demand demand, Retention retention) {
    long bytes = 0;
    for (int layer = 0; layer < 2; layer++) {
      for (int head = 0; head < 2; head++) {
        for (byte tier : retention.head(layer, head).tiers()) {
          bytes += demand.bytes(layer, head, tier);
        }
      }
    }
    return bytes;
  }

  @Test
  void theBudgetIsMetAndNotMoreGivenUpThanHasToBe() {
    for (var rule :
        List.of(RateDistortion.published(), RateDistortion.published().constantDropPenalty())) {
      for (double bits : new double[] {10, 17, 24, 33, 50, 56, 90}) {
        var demand = demand(bits, (long) bits);
        long bytes = bytes(demand, rule.retain(demand));
        long whole = 4L * TOKENS * 7;
        assertTrue(bytes <= demand.bytes(), bits + " bits");
        // The last step saved 3 bytes at most.
        assertTrue(bytes > Math.min(demand.bytes(), whole) - 3, bits + " bits");
        assertEquals(rule.share(demand)[1][0], rule.retain(demand).head(1, 0).tokens().length);
        assertArrayEquals(
            rule.retain(demand).head(0, 1).tiers(), rule.retain(demand).head(0, 1).tiers());
      }
    }
  }

  @Test
  void firstAndLastTokensStayAtTheFinestTier() {
    var demand = demand(12, 3);
    for (Allocator rule : List.of(RateDistortion.published(), new OneTier(2))) {
      for (var heads : rule.retain(demand).heads()) {
        for (var head : heads) {
          for (int token : new int[] {0, 3, TOKENS - 8, TOKENS - 1}) {
            int at = Arrays.binarySearch(head.tokens(), token);
            assertTrue(at >= 0, "token " + token);
            assertEquals(0, head.tiers()[at]);
          }
        }
      }
    }
  }

  /// With a penalty that is the same for all, the last step costs the tokens least that matter
  /// most.
  @Test
  void aConstantPenaltyDropsWhatMattersMost() {
    for (long seed = 0; seed < 5; seed++) {
      var demand = demand(14, seed);
      var byImportance = RateDistortion.published().withoutSegments();
      var constant = byImportance.constantDropPenalty();
      assertTrue(meanKept(demand, byImportance) > 0.6, "seed " + seed);
      assertTrue(meanKept(demand, constant) < 0.4, "seed " + seed);
    }
  }

  /// The mean importance of the tokens kept, of those that compete; that of all is 1/2.
  private static double meanKept(Demand demand, Allocator rule) {
    var retention = rule.retain(demand);
    double sum = 0;
    int count = 0;
    for (int layer = 0; layer < 2; layer++) {
      for (int head = 0; head < 2; head++) {
        for (int token : retention.head(layer, head).tokens()) {
          if (token >= 4 && token < TOKENS - 8) {
            sum += demand.importance()[layer][head][token];
            count++;
          }
        }
      }
    }
    return sum / count;
  }

  /// What a byte saves, worked by hand for a token of weight 1 and size 2.
  @Test
  void distortionIsTheFormula() {
    var rule = RateDistortion.published();
    assertEquals(0.12, rule.distortion(1, 2, 0, 3), 1e-12);
    assertEquals(0.221, rule.distortion(1, 2, 1, 3), 1e-12);
    assertEquals(0.621, rule.distortion(1, 2, 2, 3), 1e-12);
    assertEquals(5, rule.distortion(0.5, 2, 3, 3), 1e-12);
    assertEquals(10, rule.constantDropPenalty().distortion(0.5, 2, 3, 3), 1e-12);
    float[] importance = new float[300];
    importance[10] = 0.5f;
    importance[299] = 0.5f;
    double[] weights = rule.weights(importance);
    assertEquals(0.1, weights[0], 1e-12);
    assertEquals(0.5, weights[10], 1e-12);
    assertEquals(0.6, weights[299], 1e-12);
    assertEquals(0.12, weights[44], 1e-12, "the last 256");
  }

  @Test
  void withoutDroppingEveryTokenStays() {
    var retention = RateDistortion.published().withoutDropping().retain(demand(12, 1));
    for (var heads : retention.heads()) {
      for (var head : heads) {
        assertEquals(TOKENS, head.tokens().length);
        assertEquals(2, head.tiers()[50], "all at the coarsest");
      }
    }
  }

  @Test
  void whatIsGoneStaysGone() {
    var demand = demand(90, 2);
    demand.importance()[1][1][60] = Float.NEGATIVE_INFINITY;
    var kept = RateDistortion.published().retain(demand).head(1, 1);
    assertEquals(TOKENS - 1, kept.tokens().length);
    assertTrue(Arrays.binarySearch(kept.tokens(), 60) < 0);
  }

  @Test
  void oneTierKeepsTheMostImportantOfAllHeads() {
    for (int tier = 0; tier < 3; tier++) {
      var demand = demand(16, tier);
      var retention = new OneTier(tier).retain(demand);
      assertTrue(bytes(demand, retention) <= demand.bytes());
      double leastKept = 1;
      double mostDropped = 0;
      for (int layer = 0; layer < 2; layer++) {
        for (int head = 0; head < 2; head++) {
          int[] kept = retention.head(layer, head).tokens();
          for (int token = 4; token < TOKENS - 8; token++) {
            float omega = demand.importance()[layer][head][token];
            if (Arrays.binarySearch(kept, token) >= 0) {
              leastKept = Math.min(leastKept, omega);
            } else {
              mostDropped = Math.max(mostDropped, omega);
            }
          }
        }
      }
      assertTrue(mostDropped <= leastKept, "tier " + tier);
    }
  }

  @Test
  void lossesAreLearned() {
    var fitted =
        (RateDistortion)
            policy
                .share(RateDistortion.calibrated())
                .fit(new Calibration(List.of(prompt)))
                .allocator();
    var losses = fitted.distortion().losses();
    assertTrue(losses.get(0) < losses.get(1) && losses.get(1) < losses.get(2), losses.toString());
    double typical = losses.get(2) * 0.5 * Math.sqrt(32);
    assertTrue(fitted.distortion().dropped() > typical, "twice the largest of what tiers cost");
  }

  @Test
  void divergenceIsThatOfTheSoftmax() {
    var random = new Random(4);
    for (int i = 0; i < 50; i++) {
      double[] logits = random.doubles(6, -2, 2).toArray();
      double[] changed = logits.clone();
      double e = 3 * random.nextGaussian();
      changed[2] += e;
      double total = Arrays.stream(logits).map(Math::exp).sum();
      double other = Arrays.stream(changed).map(Math::exp).sum();
      double divergence = 0;
      for (int t = 0; t < 6; t++) {
        double p = Math.exp(logits[t]) / total;
        divergence += p * Math.log(p / (Math.exp(changed[t]) / other));
      }
      assertEquals(divergence, Probes.divergence(Math.exp(logits[2]) / total, e), 1e-9);
    }
  }

  @Test
  void refusesWhatItCannotWeigh() {
    var small = demand(2, 1);
    assertThrows(IllegalArgumentException.class, () -> RateDistortion.published().retain(small));
    var grouped = Kv.keep(PEAKS).share(RateDistortion.published()).store(Kv.kivi(2));
    assertThrows(IllegalArgumentException.class, () -> grouped.cache(prompt, Budget.fraction(0.5)));
    assertThrows(IllegalArgumentException.class, () -> new OneTier(3).retain(demand(30, 1)));
  }
}
