package org.recollect.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recollect.kernel.Hadamard;

class CudaHadamardTest {

  @ParameterizedTest
  @EnumSource(Where.class)
  void isTheTransformToTheLastBit(Where where) {
    var hadamard = where.cuda().hadamard();
    for (int log = 0; log <= 14; log++) {
      for (int blocks : new int[] {1, 2, 3, 70}) {
        int width = 1 << log;
        if (blocks > 3 && width > 256) {
          continue;
        }
        var random = new Random(31 * log + blocks);
        float[] expected = new float[3 + blocks * width];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(-4, 4)));
        }
        float[] actual = expected.clone();
        for (int block = 0; block < blocks; block++) {
          Hadamard.transform(expected, 2 + block * width, width);
        }
        hadamard.transform(actual, 2, blocks * width, width);
        assertArrayEquals(expected, actual, width + " wide, " + blocks + " blocks");
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void refusesOtherWidths(Where where) {
    var hadamard = where.cuda().hadamard();
    float[] x = new float[96];
    assertThrows(IllegalArgumentException.class, () -> hadamard.transform(x, 0, 96, 48));
    assertThrows(IllegalArgumentException.class, () -> hadamard.transform(x, 0, 96, 64));
  }
}
