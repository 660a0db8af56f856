package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HadamardTest {

  @Test
  void ofFourWorkedByHand() {
    float[] x = {1, 2, 3, 4};
    Hadamard.transform(x, 0, 4);
    assertArrayEquals(new float[] {5, -1, -2, 0}, x, 1e-6f);
  }

  @Test
  void simdIsTheReferenceToTheLastBit() {
    for (int seed = 0; seed < 500; seed++) {
      var random = new Random(seed);
      int width = 1 << random.nextInt(12);
      if (!SimdHadamard.takes(width)) {
        continue;
      }
      int offset = random.nextInt(5);
      float[] x = new float[offset + width + random.nextInt(5)];
      double scale = Math.pow(10, random.nextInt(-40, 30));
      for (int i = 0; i < x.length; i++) {
        x[i] = random.nextInt(4) == 0 ? 0 : (float) (scale * random.nextGaussian());
      }
      float[] expected = x.clone();
      new ReferenceEncoding().rotate(expected, offset, width);
      SimdHadamard.transform(x, offset, width);
      assertArrayEquals(expected, x, "seed " + seed);
    }
  }

  /// Entry (i, j) of the Sylvester matrix is `(-1)^popcount(i & j) / sqrt(n)`.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 32, 128})
  void agreesWithTheMatrix(int width) {
    var random = new Random(width);
    float[] x = new float[width];
    for (int i = 0; i < width; i++) {
      x[i] = (float) random.nextGaussian();
    }
    float[] expected = new float[width];
    for (int i = 0; i < width; i++) {
      double sum = 0;
      for (int j = 0; j < width; j++) {
        sum += (Integer.bitCount(i & j) % 2 == 0 ? 1 : -1) * x[j];
      }
      expected[i] = (float) (sum / Math.sqrt(width));
    }
    float[] padded = new float[width + 3];
    System.arraycopy(x, 0, padded, 3, width);
    Hadamard.transform(padded, 3, width);
    assertArrayEquals(expected, java.util.Arrays.copyOfRange(padded, 3, width + 3), 1e-5f);
    Hadamard.transform(padded, 3, width);
    assertArrayEquals(x, java.util.Arrays.copyOfRange(padded, 3, width + 3), 1e-5f);
    assertEquals(0, padded[0] + padded[1] + padded[2]);
  }

  @Test
  void refusesWidthsWithoutATransform() {
    assertThrows(IllegalArgumentException.class, () -> Hadamard.transform(new float[6], 0, 6));
    assertThrows(IllegalArgumentException.class, () -> Basis.hadamard(24));
    assertThrows(
        IllegalArgumentException.class, () -> Basis.identity().ordered(new int[] {0, 0, 1}));
  }
}
