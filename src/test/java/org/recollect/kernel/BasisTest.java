package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BasisTest {

  @Test
  void everyBasisKeepsInnerProductsAndCanBeUndone() {
    for (long seed = 0; seed < 30; seed++) {
      var random = new Random(seed);
      int width = 1 << random.nextInt(7);
      int channels = width * (1 + random.nextInt(3));
      var basis = Basis.hadamard(width);
      basis = random.nextBoolean() ? basis.signed(seed) : basis;
      basis = random.nextBoolean() ? basis.ordered(permutation(width, random)) : basis;
      float[] x = Samples.gaussian(random, channels + 5);
      float[] y = Samples.gaussian(random, channels + 5);
      float[] basisX = x.clone();
      float[] basisY = y.clone();
      basis.apply(basisX, 5, channels);
      basis.apply(basisY, 5, channels);
      assertEquals(dot(x, y), dot(basisX, basisY), 1e-3, "seed " + seed);
      basis.undo(basisX, 5, channels);
      assertArrayEquals(x, basisX, 1e-5f, "seed " + seed);
      assertFalse(basis.mixesBeyond(width));
      assertEquals(width > 1, basis.mixesBeyond(width - 1 + (width == 1 ? 1 : 0)));
    }
  }

  @Test
  void signsAreThoseOfTheSeedAndAlikeInEveryBlock() {
    var basis = Basis.hadamard(64).signed(5);
    assertArrayEquals(basis.signs(), Basis.hadamard(64).signed(5).signs());
    assertFalse(Arrays.equals(basis.signs(), Basis.hadamard(64).signed(6).signs()));
    float[] twice = new float[128];
    float[] once = Samples.gaussian(new Random(1), 64);
    System.arraycopy(once, 0, twice, 0, 64);
    System.arraycopy(once, 0, twice, 64, 64);
    basis.apply(once, 0, 64);
    basis.apply(twice, 0, 128);
    assertArrayEquals(once, Arrays.copyOf(twice, 64));
    assertArrayEquals(once, Arrays.copyOfRange(twice, 64, 128));
    // A constant is what a transform without signs leaves in one channel.
    float[] constant = new float[64];
    Arrays.fill(constant, 1);
    basis.apply(constant, 0, 64);
    float largest = 0;
    for (float each : constant) {
      largest = Math.max(largest, Math.abs(each));
    }
    assertTrue(largest < 5, "of 8 in all: " + largest);
  }

  private static int[] permutation(int count, Random random) {
    var order = IntStream.range(0, count).boxed().collect(java.util.stream.Collectors.toList());
    Collections.shuffle(order, random);
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double dot(float[] x, float[] y) {
    double dot = 0;
    for (int i = 5; i < x.length; i++) {
      dot += (double) x[i] * y[i];
    }
    return dot;
  }
}
