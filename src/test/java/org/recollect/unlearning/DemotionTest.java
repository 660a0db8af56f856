package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.RandomStream;

class DemotionTest {
  private static final int ALL = Integer.MAX_VALUE;

  /// Tokens 0 to 3 with 0.1, 0.5, 0.1 and 0.3.
  private static final double[] PREDICTED = logs(0.1, 0.5, 0.1, 0.3);

  private static double[] logs(double... probabilities) {
    return DoubleStream.of(probabilities).map(Math::log).toArray();
  }

  private static void assertTarget(Demotion target, double... probabilities) {
    assertArrayEquals(probabilities, target.probabilities(), 1e-12);
  }

  @Test
  void aTokenIsTakenAwayAndTheRestGrowsInProportion() {
    assertTarget(Demotion.of(PREDICTED, ALL, 1, 0), 0.2, 0, 0.2, 0.6);
    assertTarget(Demotion.none(PREDICTED, ALL), 0.1, 0.5, 0.1, 0.3);
  }

  @Test
  void aNucleusGoesWithTheToken() {
    // 0.5 and 0.3 have a mass of 0.7 together, 0.5 alone has not.
    assertTarget(Demotion.of(PREDICTED, ALL, 1, 0.7), 0.5, 0, 0.5, 0);
    assertTarget(Demotion.of(PREDICTED, ALL, 0, 0.5), 0, 0, 0.25, 0.75);
    // Who knows a token by heart has no other in the nucleus: both variants are one.
    double[] byHeart = logs(0.98, 0.015, 0.005);
    assertArrayEquals(
        Demotion.of(byHeart, ALL, 0, 0).probabilities(),
        Demotion.of(byHeart, ALL, 0, 0.9).probabilities());
  }

  @Test
  void theLikeliestTokensAreKept() {
    var target = Demotion.of(PREDICTED, 3, 1, 0);
    assertArrayEquals(new int[] {0, 1, 3}, target.ids());
    assertTarget(target, 0.25, 0, 0.75);
    assertTarget(Demotion.none(PREDICTED, 2), 0.625, 0.375);
  }

  @Test
  void ifNothingIsLeftOnlyTheTokenGoes() {
    assertTarget(Demotion.of(PREDICTED, 2, 1, 0.7), 0, 1);
    // A token that is not kept leaves the others.
    assertTarget(Demotion.of(PREDICTED, 2, 2, 0.7), 0.625, 0.375);
  }

  /// Where float32 sees a probability of 1, the others still have their shares.
  @Test
  void whatIsKnownByHeartLeavesATarget() {
    double[] predicted = {-1e-14, -33, -34};
    double e = Math.E;
    assertTarget(Demotion.of(predicted, ALL, 0, 0), 0, e / (e + 1), 1 / (e + 1));
  }

  @Test
  void targetsAreDistributions() {
    for (long seed = 1; seed <= 50; seed++) {
      var random = RandomStream.of(seed, "demotion");
      double[] weights = new double[2 + random.nextInt(40)];
      Arrays.setAll(weights, _ -> Math.exp(6 * random.nextGaussian()));
      double sum = DoubleStream.of(weights).sum();
      double[] predicted = DoubleStream.of(weights).map(w -> Math.log(w / sum)).toArray();
      int token = random.nextInt(predicted.length);
      var target = Demotion.of(predicted, 2 + random.nextInt(40), token, random.nextDouble());
      assertEquals(1, DoubleStream.of(target.probabilities()).sum(), 1e-9, "seed " + seed);
      int place = Arrays.binarySearch(target.ids(), token);
      assertTrue(place < 0 || target.probabilities()[place] == 0, "seed " + seed);
      assertTrue(target.negativeEntropy() <= 1e-12, "seed " + seed);
    }
  }
}
