package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RandomFeaturesTest {

  @Test
  void unitVectorsShowTheProjection() {
    var features = RandomFeatures.of(3, 50, 1);
    double[][] columns = features.expand(new double[][] {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
    double[][] opposite = features.expand(new double[][] {{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}});
    double[] sample = {0.3, -2, 0.7};
    double[] expanded = features.expand(new double[][] {sample})[0];
    for (int f = 0; f < 50; f++) {
      double projected = 0;
      for (int i = 0; i < 3; i++) {
        assertTrue(columns[i][f] == 0 ^ opposite[i][f] == 0); // a ReLU lets one sign through
        projected += sample[i] * (columns[i][f] - opposite[i][f]);
      }
      assertEquals(Math.max(0, projected), expanded[f], 1e-14);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2})
  void theMeanSquareStays(long seed) {
    int inputs = 20;
    int width = 20_000;
    double[] sample = RidgeData.draw(seed, 1, inputs, 1).rows()[0];
    double square = Arrays.stream(sample).map(x -> x * x).sum() / inputs;
    double[] expanded = RandomFeatures.of(inputs, width, seed).expand(new double[][] {sample})[0];
    double after = Arrays.stream(expanded).map(x -> x * x).sum() / width;
    // ReLU(z)^2 of z normal with variance 2 has mean 1 and variance 5: five deviations.
    assertEquals(1, after / square, 5 * Math.sqrt(5.0 / width), "seed " + seed);
  }

  @Test
  void theSeedDecidesAndABiasComesLast() {
    double[][] rows = RidgeData.draw(1, 4, 6, 1).rows();
    double[][] expanded = RandomFeatures.of(6, 9, 3).expand(rows);
    assertArrayEquals(expanded, RandomFeatures.of(6, 9, 3).expand(rows));
    assertFalse(Arrays.deepEquals(expanded, RandomFeatures.of(6, 9, 4).expand(rows)));
    var biased = RandomFeatures.of(6, 9, 3).withBias();
    assertEquals(10, biased.features());
    double[][] withOnes = biased.expand(rows);
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(expanded[i], Arrays.copyOf(withOnes[i], 9));
      assertEquals(1, withOnes[i][9]);
    }
    assertEquals(0, biased.expand(new double[0][]).length);
  }

  @Test
  void badInputIsNamed() {
    assertThrows(IllegalArgumentException.class, () -> RandomFeatures.of(0, 5, 1));
    var features = RandomFeatures.of(2, 3, 1);
    var wrong =
        assertThrows(IllegalArgumentException.class, () -> features.expand(new double[][] {{1}}));
    assertEquals("Row 0 has 1 features: expected 2 finite numbers.", wrong.getMessage());
  }
}
