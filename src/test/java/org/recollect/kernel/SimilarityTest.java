package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recollect.kernel.Kernels.Implementation;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable.Storage;

class SimilarityTest {

  private static final int SHAPES = 600;

  private static float[] vector(Random random, int dimensions, double scale) {
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (scale * random.nextGaussian());
    }
    return vector;
  }

  private static VectorTable table(Arena arena, Storage storage, float[][] rows) {
    var table = VectorTable.allocate(arena, storage, rows[0].length, rows.length);
    for (float[] row : rows) {
      table.append(row);
    }
    return table;
  }

  @ParameterizedTest
  @EnumSource(Storage.class)
  void simdAgreesWithTheReference(Storage storage) {
    for (int seed = 0; seed < SHAPES; seed++) {
      var random = new Random(seed);
      int dimensions = 1 + random.nextInt(seed % 10 == 0 ? 1100 : 140);
      double scale = Math.pow(10, random.nextInt(-18, 16));
      float[][] rows = new float[1 + random.nextInt(20)][];
      Arrays.setAll(rows, _ -> vector(random, dimensions, scale));
      float[][] queries = new float[1 + random.nextInt(9)][];
      Arrays.setAll(queries, _ -> vector(random, dimensions, 1));
      try (var arena = Arena.ofConfined()) {
        var table = table(arena, storage, rows);
        int from = random.nextInt(rows.length);
        int to = from + random.nextInt(rows.length - from + 1);
        float[] expected = new float[queries.length * (to - from)];
        float[] actual = new float[expected.length];
        new ReferenceDotProducts().fill(table, from, to, queries, expected);
        new SimdDotProducts().fill(table, from, to, queries, actual);
        for (int i = 0; i < expected.length; i++) {
          int query = i / (to - from);
          double bound = 0;
          for (int d = 0; d < dimensions; d++) {
            bound += Math.abs(queries[query][d] * table.number(from + i % (to - from), d));
          }
          assertEquals(expected[i], actual[i], 1e-6 * bound + Float.MIN_NORMAL, "seed " + seed);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void findsWhatSortingFinds(Metric metric) {
    for (int seed = 0; seed < 40; seed++) {
      var random = new Random(seed);
      // In one dimension all cosines are 1 or -1.
      int dimensions = 8 + random.nextInt(40);
      float[][] rows = new float[1 + random.nextInt(3000)][];
      Arrays.setAll(rows, _ -> vector(random, dimensions, 1));
      float[][] queries = {vector(random, dimensions, 1), new float[dimensions]};
      int count = 1 + random.nextInt(30);
      try (var arena = Arena.ofShared()) {
        var table = table(arena, Storage.F32, rows);
        var found =
            new Similarity(new ReferenceDotProducts(), 1).nearest(table, queries, metric, count);
        assertArrayEquals(sorted(rows, queries[0], metric, count), found.getFirst().rows());
        // Nothing is more similar to zero than anything else: the first rows.
        assertArrayEquals(
            IntStream.range(0, Math.min(count, rows.length)).toArray(), found.getLast().rows());
      }
    }
  }

  private static int[] sorted(float[][] rows, float[] query, Metric metric, int count) {
    return IntStream.range(0, rows.length)
        .boxed()
        .sorted(Comparator.comparingDouble(row -> -similarity(rows[row], query, metric)))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static double similarity(float[] a, float[] b, Metric metric) {
    double dot = dot(a, b);
    return metric == Metric.DOT_PRODUCT ? dot : dot / Math.sqrt(dot(a, a) * dot(b, b));
  }

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
  }

  @ParameterizedTest
  @EnumSource(names = {"REFERENCE", "SIMD"})
  void threadsDoNotChangeTheResult(Implementation implementation) {
    var random = new Random(1);
    float[][] rows = new float[9000][];
    // Few values, so that ties across blocks are common.
    Arrays.setAll(rows, _ -> new float[] {random.nextInt(3), random.nextInt(3)});
    float[][] queries = {{1, 0}, {1, 2}, {-1, 1}, {0, 1}, {2, 1}};
    var kernel = Kernels.dotProducts(implementation);
    try (var arena = Arena.ofShared()) {
      var table = table(arena, Storage.INT8, rows);
      var one = new Similarity(kernel, 1).nearest(table, queries, Metric.COSINE, 50);
      for (int threads = 2; threads < 6; threads++) {
        assertEquals(
            one, new Similarity(kernel, threads).nearest(table, queries, Metric.COSINE, 50));
      }
    }
  }

  @Test
  void lateInteractionSumsTheBestRowOfEachQuery() {
    float[][] rows = {{1, 0}, {0, 2}, {3, 3}};
    float[][] queries = {{1, 0}, {0, 1}};
    try (var arena = Arena.ofConfined()) {
      var table = table(arena, Storage.F32, rows);
      var search = new Similarity(Kernels.dotProducts(), 1);
      assertEquals(3, search.lateInteraction(table, 0, 2, queries, Metric.DOT_PRODUCT));
      assertEquals(6, search.lateInteraction(table, 0, 3, queries, Metric.DOT_PRODUCT));
      assertEquals(2, search.lateInteraction(table, 0, 2, queries, Metric.COSINE));
    }
  }

  @Test
  void eightBitsAreWithinHalfAStep() {
    var random = new Random(2);
    try (var arena = Arena.ofConfined()) {
      var table = VectorTable.allocate(arena, Storage.INT8, 37, 1);
      float[] row = vector(random, 37, 5);
      table.append(row);
      for (int i = 0; i < row.length; i++) {
        assertEquals(row[i], table.number(0, i), table.scale(0) * 0.5001);
      }
    }
  }

  @Test
  void bytesAreThoseOfTheNumbersScalesAndLengths() {
    try (var arena = Arena.ofConfined()) {
      int rows = 10;
      assertEquals(
          rows * (384 * 4 + 4) + 64, VectorTable.allocate(arena, Storage.F32, 384, rows).bytes());
      assertEquals(
          rows * (384 + 4 + 4) + 64, VectorTable.allocate(arena, Storage.INT8, 384, rows).bytes());
    }
  }

  @Test
  void emptyTablesHaveNoNeighbours() {
    try (var arena = Arena.ofConfined()) {
      var table = VectorTable.allocate(arena, Storage.F32, 2, 4);
      var found = Similarity.best().nearest(table, new float[][] {{1, 2}}, Metric.COSINE, 3);
      assertEquals(0, found.getFirst().count());
    }
  }

  @Test
  void mistakesAreOneSentence() {
    try (var arena = Arena.ofConfined()) {
      var table = VectorTable.allocate(arena, Storage.F32, 2, 1);
      refused("take both from the same model", () -> table.append(new float[3]));
      refused("must be finite", () -> table.append(new float[] {1, Float.NaN}));
      table.append(new float[] {1, 2});
      assertTrue(
          assertThrows(IllegalStateException.class, () -> table.append(new float[] {1, 2}))
              .getMessage()
              .contains("full at 1 rows"));
      var search = Similarity.best();
      float[][] query = {{1, 1}};
      refused("at least one row", () -> search.nearest(table, query, Metric.COSINE, 0));
      refused(
          "must be finite",
          () ->
              search.nearest(
                  table, new float[][] {{1, Float.POSITIVE_INFINITY}}, Metric.COSINE, 1));
      refused(
          "a run of rows", () -> search.lateInteraction(table, 0, 2, query, Metric.DOT_PRODUCT));
    }
    refused("at least one thread", () -> new Similarity(Kernels.dotProducts(), 0));
  }

  private static void refused(String said, Executable action) {
    var refusal = assertThrows(IllegalArgumentException.class, action);
    assertTrue(refusal.getMessage().contains(said), refusal.getMessage());
  }
}
