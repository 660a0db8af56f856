package org.recollect.unlearning.analytic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.model.RandomFeatures;
import org.recollect.model.RidgeHead;
import org.recollect.tensor.RandomStream;

class AcuTest {

  @Test
  void aRequestIsWorkedByHand() {
    try (var acu = Acu.on(RidgeHead.of(1, 1))) {
      acu.learn(new double[][] {{1}, {2}}, 7, 3); // W = (1, 2) / 6
      var request = acu.forget(new double[][] {{1}}, 7); // W = (0, 2) / 5
      assertEquals(1, request.samples());
      assertEquals(1.0 / 6, request.change(), 1e-15);
      assertTrue(request.rounding() > 0 && request.rounding() < 1e-15);
      var second = acu.forgetClass(7, new double[0][]);
      assertEquals(0, second.change(), 1e-15);
      assertEquals(List.of(request, second), acu.requests());
      assertEquals(List.of(3), acu.head().classes());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void everyWayToForgetAClassLeavesTheHeadThatNeverSawIt(long seed) {
    double[][] rows = features(seed, 150);
    int[] labels = IntStream.range(0, 150).map(i -> i * i % 7 % 3).toArray();
    double[][] ones = where(rows, labels, 1);
    try (var bySamples = Acu.on(RidgeHead.of(33, 1));
        var bySums = Acu.keepingSums(RidgeHead.of(33, 1));
        var oracle = RidgeHead.of(33, 1)) {
      for (var acu : List.of(bySamples, bySums)) {
        acu.learn(Arrays.copyOf(rows, 80), Arrays.copyOf(labels, 80));
        acu.learn(Arrays.copyOfRange(rows, 80, 150), Arrays.copyOfRange(labels, 80, 150));
        acu.forget(new double[][] {ones[0]}, 1); // the class's sums shrink with it
      }
      double[][] remaining = Arrays.copyOfRange(ones, 1, ones.length);
      int samples = bySamples.forgetClass(1, remaining).samples();
      assertEquals(samples, bySums.forgetClass(1).samples());
      for (int label : bySamples.head().classes()) {
        double[][] own = where(rows, labels, label);
        oracle.learn(own, IntStream.range(0, own.length).map(i -> label).toArray());
      }
      assertEquals(2, oracle.classes().size());
      for (var acu : List.of(bySamples, bySums)) {
        assertEquals(oracle.classes(), acu.head().classes());
        for (int f = 0; f < 33; f++) {
          assertArrayEquals(oracle.weights()[f], acu.head().weights()[f], 1e-11, "seed " + seed);
        }
      }
    }
  }

  @Test
  void aRefusedRequestLeavesNoTrace() {
    double[][] rows = features(3, 20);
    var labels = new int[20];
    try (var acu = Acu.keepingSums(RidgeHead.of(33, 1))) {
      acu.learn(rows, labels);
      double[][] weights = acu.head().weights();
      double[][] stranger = features(4, 1);
      assertThrows(IllegalArgumentException.class, () -> acu.forget(stranger, 0));
      assertThrows(
          IllegalArgumentException.class, () -> acu.forgetClass(0, Arrays.copyOf(rows, 19)));
      assertThrows(IllegalArgumentException.class, () -> acu.forgetClass(1));
      assertArrayEquals(weights, acu.head().weights());
      assertEquals(List.of(), acu.requests());
      assertEquals(20, acu.forgetClass(0).samples());
    }
  }

  @Test
  void sumsAreKeptFromTheStartOrNotAtAll() {
    try (var head = RidgeHead.of(1, 1)) {
      head.learn(new double[][] {{1}}, 0);
      assertThrows(IllegalArgumentException.class, () -> Acu.keepingSums(head));
      var none = assertThrows(IllegalArgumentException.class, () -> Acu.on(head).forgetClass(0));
      assertTrue(none.getMessage().contains("Acu.keepingSums"), none.getMessage());
    }
  }

  /// Random features with a bias `[samples][33]`.
  private static double[][] features(long seed, int samples) {
    var random = RandomStream.of(seed, "samples");
    var images = new double[samples][8];
    for (double[] image : images) {
      Arrays.setAll(image, i -> random.nextGaussian());
    }
    return RandomFeatures.of(8, 32, seed).withBias().expand(images);
  }

  private static double[][] where(double[][] rows, int[] labels, int label) {
    return IntStream.range(0, rows.length)
        .filter(i -> labels[i] == label)
        .mapToObj(i -> rows[i])
        .toArray(double[][]::new);
  }
}
