package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class IntegerProductTest {

  private static final int SHAPES = 3000;

  /// What is multiplied, and with how many bits.
  private record Shape(int m, int rows, int columns, int group, int bits, int activationBits) {

    static Shape random(Random random) {
      int columns = 1 + random.nextInt(700);
      int[] groups = {32, 128, columns, 1 + random.nextInt(columns)};
      return new Shape(
          1 + random.nextInt(5),
          1 + random.nextInt(70),
          columns,
          groups[random.nextInt(groups.length)],
          2 + random.nextInt(7),
          2 + random.nextInt(7));
    }

    BitPlaneMatrix matrix(Arena arena, float[] weights) {
      return BitPlaneMatrix.of(arena, weights, rows, columns, bits, group);
    }

    float[] product(IntegerProduct kernel, float[] x, BitPlaneMatrix matrix) {
      float[] y = new float[m * rows];
      // A product overwrites what it is given.
      Arrays.fill(y, Float.NaN);
      kernel.multiply(x, activationBits, matrix, y);
      return y;
    }
  }

  private static float[] gaussian(Random random, int count, double scale) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = random.nextInt(20) == 0 ? 0 : (float) (scale * random.nextGaussian());
    }
    return x;
  }

  @Test
  void simdIsTheReferenceToTheLastBit() {
    for (int seed = 0; seed < SHAPES; seed++) {
      var random = new Random(seed);
      var shape = Shape.random(random);
      float[] weights = gaussian(random, shape.rows * shape.columns, 1);
      float[] x = gaussian(random, shape.m * shape.columns, Math.pow(10, random.nextInt(-40, 30)));
      try (var arena = Arena.ofConfined()) {
        var matrix = shape.matrix(arena, weights);
        assertArrayEquals(
            shape.product(new ReferenceIntegerProduct(), x, matrix),
            shape.product(new SimdIntegerProduct(), x, matrix),
            "seed " + seed + ", " + shape);
      }
    }
  }

  /// The second formula of [IntegerProduct], with every index in sight.
  @Test
  void sumsOverPairsOfPlanesAreSumsOverCodes() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var shape = Shape.random(random);
      float[] weights = gaussian(random, shape.rows * shape.columns, 1);
      float[] x = gaussian(random, shape.m * shape.columns, 3);
      try (var arena = Arena.ofConfined()) {
        var matrix = shape.matrix(arena, weights);
        float[] expected = new float[shape.m * shape.rows];
        var rounded = matrix.rounded(x, shape.activationBits, expected);
        for (int i = 0; i < expected.length; i++) {
          expected[i] = bySecondFormula(rounded[i / shape.rows], matrix, i % shape.rows, shape);
        }
        assertArrayEquals(
            expected,
            shape.product(new ReferenceIntegerProduct(), x, matrix),
            "seed " + seed + ", " + shape);
      }
    }
  }

  private static float bySecondFormula(
      SymmetricCodes x, BitPlaneMatrix matrix, int row, Shape shape) {
    double y = 0;
    for (int group = 0; group < matrix.groups().count(); group++) {
      long sum = 0;
      for (int i = 0; i < shape.activationBits; i++) {
        for (int j = 0; j < shape.bits; j++) {
          int sign = i == shape.activationBits - 1 ^ j == shape.bits - 1 ? -1 : 1;
          for (int word = 0; word < matrix.groups().words(group); word++) {
            int both = x.word(group, word, i) & matrix.word(row, group, j, word);
            sum += sign * ((long) Integer.bitCount(both) << i + j);
          }
        }
      }
      y += x.scale(group) * matrix.scale(row, group) * sum;
    }
    return (float) y;
  }

  /// Half a step of either factor is all that is lost: `|y - x w| <= sum s_w/2 |x| + s_x/2 |w'|`,
  /// where `w'` is the weight rebuilt from its code.
  @Test
  void staysWithinHalfStepsOfTheDenseProduct() {
    for (int seed = 0; seed < 300; seed++) {
      var random = new Random(seed);
      var shape = Shape.random(random);
      float[] weights =
          gaussian(random, shape.rows * shape.columns, Math.pow(10, random.nextInt(-9, 4)));
      float[] x = gaussian(random, shape.m * shape.columns, Math.pow(10, random.nextInt(-20, 15)));
      try (var arena = Arena.ofConfined()) {
        var matrix = shape.matrix(arena, weights);
        float[] y = shape.product(new SimdIntegerProduct(), x, matrix);
        for (int i = 0; i < y.length; i++) {
          int first = i / shape.rows * shape.columns;
          int row = i % shape.rows;
          double dense = 0;
          double bound = 0;
          for (int c = 0; c < shape.columns; c++) {
            dense += (double) x[first + c] * weights[row * shape.columns + c];
            double step = reach(x, first, c / shape.group, shape) / largest(shape.activationBits);
            bound += matrix.scale(row, c / shape.group) / 2 * Math.abs(x[first + c]);
            bound += step / 2 * Math.abs(matrix.weight(row, c));
          }
          assertEquals(
              dense, y[i], bound * (1 + 1e-6) + Math.ulp(y[i]), "seed " + seed + ", " + shape);
        }
      }
    }
  }

  private static double reach(float[] x, int first, int group, Shape shape) {
    double reach = 0;
    int end = Math.min(shape.columns, (group + 1) * shape.group);
    for (int c = group * shape.group; c < end; c++) {
      reach = Math.max(reach, Math.abs(x[first + c]));
    }
    return reach;
  }

  private static int largest(int bits) {
    return (1 << bits - 1) - 1;
  }

  /// Every weight, from those that half precision can hardly scale to those that it hardly can.
  @Test
  void weightsAreWithinHalfAStep() {
    for (int exponent = -45; exponent <= 5; exponent++) {
      for (int bits = 2; bits <= 8; bits++) {
        var random = new Random(exponent);
        float[] weights = new float[5 * 77];
        for (int i = 0; i < weights.length; i++) {
          weights[i] = (float) (Math.pow(10, exponent) * random.nextDouble(-0.6, 0.6));
        }
        try (var arena = Arena.ofConfined()) {
          var matrix = BitPlaneMatrix.of(arena, weights, 5, 77, bits, 32);
          for (int i = 0; i < weights.length; i++) {
            float scale = matrix.scale(i / 77, i % 77 / 32);
            assertEquals(
                weights[i], matrix.weight(i / 77, i % 77), scale * 0.500001, "1e" + exponent);
          }
        }
      }
    }
  }

  @Test
  void aRowIsReadAsItsWeightsAre() {
    for (int seed = 0; seed < 500; seed++) {
      var random = new Random(seed);
      var shape = Shape.random(random);
      float[] weights = gaussian(random, shape.rows * shape.columns, 1);
      try (var arena = Arena.ofConfined()) {
        var matrix = shape.matrix(arena, weights);
        int row = random.nextInt(shape.rows);
        float[] read = new float[shape.columns];
        Arrays.fill(read, Float.NaN);
        matrix.read(row, read);
        for (int column = 0; column < shape.columns; column++) {
          assertEquals(matrix.weight(row, column), read[column], "seed " + seed + ", " + shape);
        }
      }
    }
  }

  static Stream<IntegerProduct> kernels() {
    return Stream.of(new ReferenceIntegerProduct(), new SimdIntegerProduct());
  }

  /// Three bits reach 3. Weights: group 1 has scale 1 and codes 3, -1; group 2 has scale 0.5 and
  /// code -3. Activations: scale 2 and codes 3, 1 (2.4 rounds down); scale 0.25 and code 3. Row 1:
  /// `1 * 2 * (9 - 1) + 0.5 * 0.25 * -9 = 14.875`. Row 2: `2 * 2 * (0 + 3) + 0 = 12`.
  @ParameterizedTest
  @MethodSource("kernels")
  void workedByHand(IntegerProduct kernel) {
    try (var arena = Arena.ofConfined()) {
      float[] weights = {3, -1.25f, -1.5f, 0, 6, 0};
      var matrix = BitPlaneMatrix.of(arena, weights, 2, 3, 3, 2);
      float[] y = new float[2];
      kernel.multiply(new float[] {6, 2.4f, 0.75f}, 3, matrix, y);
      assertArrayEquals(new float[] {14.875f, 12}, y);
    }
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void edges(IntegerProduct kernel) {
    try (var arena = Arena.ofConfined()) {
      float[] one = new float[1];
      var column = BitPlaneMatrix.of(arena, new float[] {-2}, 1, 1, 2, 128);
      kernel.multiply(new float[] {3e38f}, 2, column, one);
      assertEquals(Float.NEGATIVE_INFINITY, one[0]);
      kernel.multiply(new float[] {Float.MIN_VALUE}, 8, column, one);
      assertEquals(-2 * Float.MIN_VALUE, one[0]);
      kernel.multiply(new float[0], 6, column, new float[0]);

      float[] equal = new float[300];
      Arrays.fill(equal, -31);
      var same = BitPlaneMatrix.of(arena, equal, 1, 300, 6, 128);
      kernel.multiply(equal, 6, same, one);
      assertEquals(300 * 31 * 31, one[0]);

      // The first group of the weights is zero, and so is the last one of the activations.
      float[] half = equal.clone();
      Arrays.fill(half, 0, 128, 0);
      float[] other = equal.clone();
      Arrays.fill(other, 256, 300, 0);
      kernel.multiply(other, 6, BitPlaneMatrix.of(arena, half, 1, 300, 6, 128), one);
      assertEquals(128 * 31 * 31, one[0]);
    }
  }

  /// The largest sums of integers that a group can have.
  @ParameterizedTest
  @MethodSource("kernels")
  void widestGroupsDoNotOverflow(IntegerProduct kernel) {
    int columns = 1 << 16;
    float[] ones = new float[columns];
    Arrays.fill(ones, 127);
    try (var arena = Arena.ofConfined()) {
      float[] y = new float[1];
      var matrix = BitPlaneMatrix.of(arena, ones, 1, columns, 8, columns);
      kernel.multiply(ones, 8, matrix, y);
      assertEquals(127f * 127 * columns, y[0]);
    }
  }

  /// Whole blocks of 16 rows and words of 32 columns: `bits/8 + 2/group` bytes a weight.
  @ParameterizedTest
  @CsvSource({
    "64, 256, 6, 128, 12544",
    "64, 256, 6, 32, 13312",
    "64, 256, 4, 256, 8320",
    "1, 1, 6, 128, 416",
    "17, 129, 8, 128, 5248"
  })
  void bytesAreThoseOfThePlanesAndScales(int rows, int columns, int bits, int group, long bytes) {
    try (var arena = Arena.ofConfined()) {
      var matrix = BitPlaneMatrix.of(arena, new float[rows * columns], rows, columns, bits, group);
      assertEquals(bytes, matrix.bytes());
    }
  }

  @Test
  void mistakesAreOneSentence() {
    try (var arena = Arena.ofConfined()) {
      refused("2 to 8 bits", () -> BitPlaneMatrix.of(arena, new float[4], 2, 2, 9, 2));
      refused("give the shape", () -> BitPlaneMatrix.of(arena, new float[4], 2, 3, 6, 2));
      refused("at least one column", () -> BitPlaneMatrix.of(arena, new float[4], 4, 1, 6, 0));
      refused(
          "use smaller groups",
          () -> BitPlaneMatrix.of(arena, new float[65537], 1, 65537, 6, 65537));
      refused("divide the matrix", () -> BitPlaneMatrix.of(arena, new float[] {3e6f}, 1, 1, 6, 1));
      for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
        refused("finite", () -> BitPlaneMatrix.of(arena, new float[] {bad, 1}, 1, 2, 6, 2));
      }
      var matrix = BitPlaneMatrix.of(arena, new float[6], 2, 3, 6, 2);
      kernels()
          .forEach(kernel -> {
            refused("rows of 3", () -> kernel.multiply(new float[4], 6, matrix, new float[2]));
            refused("rows of 2", () -> kernel.multiply(new float[3], 6, matrix, new float[3]));
            refused("2 to 8 bits", () -> kernel.multiply(new float[3], 1, matrix, new float[2]));
            refused(
                "finite",
                () -> kernel.multiply(new float[] {1, Float.NaN, 1}, 6, matrix, new float[2]));
          });
    }
  }

  private static void refused(String said, Executable action) {
    var refusal = assertThrows(IllegalArgumentException.class, action);
    assertTrue(refusal.getMessage().contains(said), refusal.getMessage());
  }
}
