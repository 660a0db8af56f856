package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class QuartilesTest {

  @Test
  void ofAnOddSampleInAnyOrder() {
    assertEquals(new Quartiles(2, 3, 4), Quartiles.of(new double[] {5, 1, 4, 2, 3}));
  }

  @Test
  void interpolatesBetweenTwo() {
    assertEquals(new Quartiles(1.75, 2.5, 3.25), Quartiles.of(new double[] {4, 3, 2, 1}));
  }

  @Test
  void ofOneNumber() {
    assertEquals(new Quartiles(7, 7, 7), Quartiles.of(new double[] {7}));
  }

  @Test
  void leavesTheSampleAsItWas() {
    double[] sample = {3, 1, 2};
    Quartiles.of(sample);
    assertArrayEquals(new double[] {3, 1, 2}, sample);
  }

  @Test
  void halfOfTheSampleLiesBetween() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      double[] sample = random.doubles(1 + 4 * random.nextInt(1, 40)).toArray();
      var quartiles = Quartiles.of(sample);
      long below = Arrays.stream(sample).filter(x -> x < quartiles.low()).count();
      long above = Arrays.stream(sample).filter(x -> x > quartiles.high()).count();
      assertEquals(sample.length / 4, below, "seed " + seed);
      assertEquals(sample.length / 4, above, "seed " + seed);
      assertTrue(quartiles.low() <= quartiles.median(), "seed " + seed);
      assertTrue(quartiles.median() <= quartiles.high(), "seed " + seed);
    }
  }
}
