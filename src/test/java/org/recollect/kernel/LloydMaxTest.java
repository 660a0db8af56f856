package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LloydMaxTest {

  /// The mean squared errors of the optimal quantisers of a normal number (Max, 1960, table 1).
  @ParameterizedTest
  @CsvSource({"1, 0.3634", "2, 0.1175", "3, 0.03454", "4, 0.009497"})
  void isTheOptimalQuantiserOfNormalNumbers(int bits, double optimum) {
    var book = LloydMax.fit(bits, Samples.gaussian(new Random(1), 200_000));
    float[] others = Samples.gaussian(new Random(2), 200_000);
    double error = error(book, others, ones(others.length)) / others.length;
    assertEquals(optimum, error, 0.02 * optimum);
  }

  @Test
  void aNumberOfWeightThreeIsThatNumberThrice() {
    for (long seed = 0; seed < 10; seed++) {
      var random = new Random(seed);
      int bits = 1 + random.nextInt(4);
      float[] numbers = Samples.gaussian(random, 300);
      float[] weights = new float[300];
      Arrays.fill(weights, 3);
      float[] thrice = new float[900];
      for (int i = 0; i < 900; i++) {
        thrice[i] = numbers[i / 3];
      }
      assertArrayEquals(
          LloydMax.fit(bits, thrice).points(),
          LloydMax.fit(bits, numbers, weights).points(),
          1e-6f,
          "seed " + seed);
    }
  }

  @Test
  void everyPointIsTheWeightedMeanOfTheNumbersNearestToIt() {
    for (long seed = 0; seed < 10; seed++) {
      var random = new Random(seed);
      int bits = 1 + random.nextInt(4);
      float[] numbers = Samples.gaussian(random, 500);
      float[] weights = new float[500];
      for (int i = 0; i < 500; i++) {
        weights[i] = (float) Math.exp(2 * random.nextGaussian());
      }
      var book = LloydMax.fit(bits, numbers, weights);
      double[] mass = new double[1 << bits];
      double[] moment = new double[1 << bits];
      for (int i = 0; i < 500; i++) {
        int code = book.nearest(0, numbers, i, 1);
        mass[code] += weights[i];
        moment[code] += (double) weights[i] * numbers[i];
      }
      for (int code = 0; code < mass.length; code++) {
        assertEquals(moment[code] / mass[code], book.number(0, code, 0), 1e-4, "seed " + seed);
      }
      assertTrue(
          error(book, numbers, weights) <= error(LloydMax.fit(bits, numbers), numbers, weights),
          "weights count: seed " + seed);
    }
  }

  @Test
  void refusesTooFewNumbersAndMissingWeights() {
    assertThrows(IllegalArgumentException.class, () -> LloydMax.fit(2, new float[3]));
    assertThrows(IllegalArgumentException.class, () -> LloydMax.fit(1, new float[4], new float[3]));
    assertThrows(IllegalArgumentException.class, () -> LloydMax.fit(9, new float[1000]));
  }

  private static double error(CodeBook book, float[] numbers, float[] weights) {
    double error = 0;
    for (int i = 0; i < numbers.length; i++) {
      double point = book.number(0, book.nearest(0, numbers, i, 1), 0);
      error += weights[i] * (numbers[i] - point) * (numbers[i] - point);
    }
    return error;
  }

  private static float[] ones(int count) {
    float[] ones = new float[count];
    Arrays.fill(ones, 1);
    return ones;
  }
}
