package org.recollect.unlearning.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.unlearning.measure.Answers.gaussians;
import static org.recollect.unlearning.measure.Answers.refused;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.RandomStream;

class LinearProbeTest {

  @Test
  void theOptimumOfTwoPointsIsThatOfOneEquation() {
    // Features 3 and 7 become -1 and 1; by symmetry the weights are -w and w and the constant's 0.
    // The loss ln(1 + e^-2w) + l2 w^2 is least where 1 / (1 + e^2w) = l2 w.
    double l2 = 0.05;
    double[][] weights = LinearProbe.fit(new double[][] {{3}, {7}}, new int[] {0, 1}, l2).weights();
    double w = weights[1][0];
    assertTrue(w > 0);
    assertEquals(l2 * w, 1 / (1 + Math.exp(2 * w)), 1e-6);
    assertArrayEquals(new double[] {-w, 0}, weights[0], 1e-6);
    assertEquals(0, weights[1][1], 1e-6);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void tellsClassesApartThatALineSeparates(long seed) {
    var set = Clouds.draw(seed, 150, 12, 3, 6);
    var probe = LinearProbe.fit(set.features, set.labels, LinearProbe.L2);
    assertEquals(1, probe.accuracy(set.features, set.labels), "seed " + seed);
    var same = LinearProbe.fit(set.features, set.labels, LinearProbe.L2);
    assertArrayEquals(probe.weights(), same.weights(), "the same twice");
  }

  @Test
  void isAtChanceWhereNothingIsToBeFound() {
    // Labels that the features know nothing of: on 1000 new items of two classes the share of right
    // ones has deviation sqrt(1/4 / 1000) = 0.016; five of them are allowed.
    var fitted = Clouds.draw(5, 300, 8, 2, 0);
    var fresh = Clouds.draw(6, 1000, 8, 2, 0);
    var probe = LinearProbe.fit(fitted.features, fitted.labels, LinearProbe.L2);
    assertEquals(0.5, probe.accuracy(fresh.features, fresh.labels), 0.08);
  }

  /// Labels that the features know nothing of, 20 items of 40 features: to fit them longer makes
  /// the probe surer of nothing, and what is watched says so. Watching the items themselves never
  /// does.
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void stopsWhereItNoLongerHelpsOthers(long seed) {
    var few = Clouds.draw(seed, 20, 40, 2, 0);
    var others = Clouds.draw(seed + 10, 500, 40, 2, 0);
    double l2 = 1e-3;
    double[][] full = LinearProbe.fit(few.features, few.labels, l2).weights();
    double[][] stopped =
        LinearProbe.fitWatching(few.features, few.labels, others.features, others.labels, l2)
            .weights();
    assertTrue(square(stopped) < square(full) / 10, "seed " + seed);
    double[][] own =
        LinearProbe.fitWatching(few.features, few.labels, few.features, few.labels, l2).weights();
    assertTrue(square(own) > square(full) / 2, "seed " + seed);
  }

  private static double square(double[][] weights) {
    return Arrays.stream(weights).flatMapToDouble(Arrays::stream).map(w -> w * w).sum();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void doesNotDependOnTheFeaturesScale(long seed) {
    var set = Clouds.draw(seed, 60, 5, 3, 1);
    double[][] scaled = new double[set.features.length][5];
    for (int i = 0; i < scaled.length; i++) {
      for (int d = 0; d < 5; d++) {
        scaled[i][d] = 1000 * (d + 1) * set.features[i][d] - 50;
      }
    }
    double[][] expected = LinearProbe.fit(set.features, set.labels, 0.1).weights();
    double[][] weights = LinearProbe.fit(scaled, set.labels, 0.1).weights();
    for (int c = 0; c < expected.length; c++) {
      assertArrayEquals(expected[c], weights[c], 1e-5, "seed " + seed);
    }
  }

  @Test
  void edges() {
    // One class is always right; a feature that never changes is as good as none.
    double[][] constant = {{4}, {4}, {4}};
    assertEquals(1, LinearProbe.fit(constant, new int[3], 0.01).accuracy(constant, new int[3]));
    var often = LinearProbe.fit(constant, new int[] {1, 0, 1}, 0.01);
    assertEquals(1, often.predict(4), "the more frequent class");
    // Two like points of different classes: equal weights, and the lower label.
    var tied = LinearProbe.fit(new double[][] {{1}, {1}}, new int[] {1, 0}, 0.01);
    assertEquals(0, tied.predict(1));
  }

  @Test
  void refusesWhatItCannotFit() {
    double[][] one = {{1, 2}};
    refused("no items", () -> LinearProbe.fit(new double[0][], new int[0], 0.01));
    refused("1 and 2 items", () -> LinearProbe.fit(one, new int[2], 0.01));
    refused("label -1", () -> LinearProbe.fit(one, new int[] {-1}, 0.01));
    refused("positive number", () -> LinearProbe.fit(one, new int[1], 0));
    refused(
        "not all finite", () -> LinearProbe.fit(new double[][] {{Double.NaN}}, new int[1], 0.01));
    refused("1 features", () -> LinearProbe.fit(new double[][] {{1, 2}, {1}}, new int[2], 0.01));
    refused("fitted on 2", () -> LinearProbe.fit(one, new int[1], 0.01).predict(1));
  }

  /// Gaussian clouds, each shifted along an axis of its own.
  private record Clouds(double[][] features, int[] labels) {
    static Clouds draw(long seed, int items, int width, int classes, double apart) {
      var random = RandomStream.of(seed, "clouds");
      double[][] features = new double[items][];
      int[] labels = new int[items];
      for (int i = 0; i < items; i++) {
        labels[i] = random.nextInt(classes);
        features[i] = gaussians(random, width);
        features[i][labels[i]] += apart;
      }
      return new Clouds(features, labels);
    }
  }
}
