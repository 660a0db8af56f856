package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CodeBookTest {

  /// The mean squared errors of the optimal quantisers of a normal number (Max, 1960, table 1).
  @ParameterizedTest
  @CsvSource({"1, 0.3634", "2, 0.1175", "3, 0.03454", "4, 0.009497"})
  void inOneDimensionItIsTheLloydMaxQuantiser(int bits, double optimum) {
    double error = error(CodeBook.gaussian(1, bits), Samples.gaussian(new Random(1), 200_000));
    // The book is fitted to samples and judged on others.
    assertEquals(optimum, error, 0.05 * optimum);
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 4"})
  void pointsOfMoreDimensionsLoseNoMoreAtTheSameBitsANumber(int dimensions, int bits) {
    float[] samples = Samples.gaussian(new Random(2), 120_000);
    double plane = error(CodeBook.gaussian(2 * dimensions, 2 * bits), samples);
    assertTrue(plane < error(CodeBook.gaussian(dimensions, bits), samples) * 1.02);
  }

  @Test
  void sphericalPointsHaveLengthOneAndLieWhereDirectionsGather() {
    for (long seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      float[] vectors = new float[400 * 2];
      for (int i = 0; i < 400; i++) {
        double angle = i % 4 * Math.PI / 2 + 0.1 * random.nextGaussian();
        double length = Math.exp(2 * random.nextGaussian());
        vectors[2 * i] = (float) (length * Math.cos(angle));
        vectors[2 * i + 1] = (float) (length * Math.sin(angle));
      }
      var book = CodeBook.spherical(2, 2, vectors);
      var quarters = new boolean[4];
      for (int code = 0; code < 4; code++) {
        double x = book.number(0, code, 0);
        double y = book.number(0, code, 1);
        assertEquals(1, Math.hypot(x, y), 1e-6, "seed " + seed);
        double turns = Math.atan2(y, x) / (Math.PI / 2);
        assertEquals(Math.rint(turns), turns, 0.1, "seed " + seed);
        quarters[Math.floorMod((int) Math.rint(turns), 4)] = true;
      }
      assertTrue(quarters[0] && quarters[1] && quarters[2] && quarters[3], "seed " + seed);
      assertEquals(book.nearest(0, vectors, 6, 1), book.nearest(0, vectors, 6, 7), "any length");
    }
  }

  @Test
  void theSameVectorsGiveTheSameBook() {
    float[] vectors = Samples.gaussian(new Random(3), 600);
    assertEquals(CodeBook.fit(2, 4, vectors), CodeBook.fit(2, 4, vectors));
    assertEquals(CodeBook.gaussian(2, 4), CodeBook.gaussian(2, 4));
  }

  @Test
  void equalVectorsMakeABookAllTheSame() {
    float[] vectors = new float[64];
    Arrays.fill(vectors, 3);
    assertEquals(3, CodeBook.fit(2, 3, vectors).number(0, 5, 1));
  }

  @Test
  void refusesWhatMakesNoBook() {
    assertThrows(IllegalArgumentException.class, () -> CodeBook.fit(2, 4, new float[30]));
    assertThrows(IllegalArgumentException.class, () -> CodeBook.fit(2, 1, new float[7]));
    assertThrows(IllegalArgumentException.class, () -> CodeBook.gaussian(0, 4));
    assertThrows(IllegalArgumentException.class, () -> CodeBook.gaussian(1, 9));
    assertThrows(IllegalArgumentException.class, () -> CodeBook.of(2, 1, new float[5]));
    assertThrows(
        IllegalArgumentException.class, () -> CodeBook.of(1, 1, new float[] {0, Float.NaN}));
    assertThrows(
        IllegalArgumentException.class,
        () -> CodeBook.spherical(1, 1, new float[] {1, Float.POSITIVE_INFINITY}));
  }

  private static double error(CodeBook book, float[] samples) {
    int dimensions = book.dimensions();
    double error = 0;
    for (int i = 0; i < samples.length; i += dimensions) {
      int code = book.nearest(0, samples, i, 1);
      for (int d = 0; d < dimensions; d++) {
        error += Math.pow(samples[i + d] - book.number(0, code, d), 2);
      }
    }
    return error / samples.length;
  }
}
