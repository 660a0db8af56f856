package org.recollect.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;

class CudaSearchTest {

  private static float[] vector(Random random, int dimensions, double scale) {
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) (scale * random.nextGaussian());
    }
    return vector;
  }

  private static float[][] vectors(Random random, int count, int dimensions, double scale) {
    float[][] vectors = new float[count][];
    Arrays.setAll(vectors, _ -> vector(random, dimensions, scale));
    return vectors;
  }

  private static VectorTable table(Arena arena, Storage storage, float[][] rows, int capacity) {
    var table = VectorTable.allocate(arena, storage, rows[0].length, capacity);
    for (float[] row : rows) {
      table.append(row);
    }
    return table;
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void dotProductsAreThoseOfTheFormula(Where where) {
    var search = where.cuda().search();
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      var storage = Storage.values()[seed % 2];
      int dimensions = 1 + random.nextInt(seed % 10 == 0 ? 1100 : 140);
      double scale = Math.pow(10, random.nextInt(-18, 16));
      float[][] rows = vectors(random, 1 + random.nextInt(20), dimensions, scale);
      float[][] queries = vectors(random, 1 + random.nextInt(9), dimensions, 1);
      try (var arena = Arena.ofConfined()) {
        var table = table(arena, storage, rows, rows.length + random.nextInt(3));
        int from = random.nextInt(rows.length);
        int to = from + random.nextInt(rows.length - from + 1);
        float[] dots = new float[queries.length * (to - from)];
        search.fill(table, from, to, queries, dots);
        for (int i = 0; i < dots.length; i++) {
          float[] query = queries[i / (to - from)];
          double expected = 0;
          double bound = 0;
          for (int d = 0; d < dimensions; d++) {
            double product = (double) query[d] * table.number(from + i % (to - from), d);
            expected += product;
            bound += Math.abs(product);
          }
          assertEquals(expected, dots[i], 1e-6 * bound + Float.MIN_NORMAL, "seed " + seed);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void findsWhatSortingItsScoresFinds(Where where) {
    var search = where.cuda().search();
    for (int seed = 0; seed < 8; seed++) {
      var random = new Random(seed);
      var metric = Metric.values()[seed % 2];
      int dimensions = 1 + random.nextInt(40);
      float[][] rows = vectors(random, 1 + random.nextInt(seed == 0 ? 4500 : 2500), dimensions, 1);
      // Equal rows tie exactly, and the first of them comes first.
      for (int i = 0; i < rows.length / 3; i++) {
        rows[random.nextInt(rows.length)] = rows[random.nextInt(rows.length)];
      }
      float[][] queries = vectors(random, 1 + random.nextInt(3), dimensions, 1);
      int count = 1 + random.nextInt(seed % 3 == 0 ? 1024 : 20);
      try (var arena = Arena.ofConfined()) {
        var table = table(arena, Storage.values()[seed / 2 % 2], rows, rows.length);
        var found = search.nearest(table, queries, metric, count);
        assertEquals(queries.length, found.size());
        for (int q = 0; q < queries.length; q++) {
          float[] scores = new float[rows.length];
          search.fill(table, 0, rows.length, new float[][] {queries[q]}, scores);
          double length = Math.sqrt(dot(queries[q], queries[q]));
          for (int row = 0; row < rows.length && metric == Metric.COSINE; row++) {
            double lengths = length * table.length(row);
            scores[row] = lengths == 0 ? 0 : (float) (scores[row] / lengths);
          }
          int[] expected =
              IntStream.range(0, rows.length)
                  .boxed()
                  .sorted(
                      Comparator.comparing((Integer row) -> -scores[row])
                          .thenComparing(Comparator.naturalOrder()))
                  .limit(count)
                  .mapToInt(Integer::intValue)
                  .toArray();
          String message = "seed " + seed + " query " + q;
          assertArrayEquals(expected, found.get(q).rows(), message);
          for (int i = 0; i < expected.length; i++) {
            assertEquals(scores[expected[i]], found.get(q).scores()[i], message);
          }
        }
      }
    }
  }

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void negativeAndZeroScoresKeepTheirOrder(Where where) {
    try (var arena = Arena.ofConfined()) {
      float[][] rows = {{-1}, {0}, {3}, {-0.0f}, {-2}, {3}};
      var table = table(arena, Storage.F32, rows, rows.length);
      var found = where.cuda().search().nearest(table, new float[][] {{1}}, Metric.DOT_PRODUCT, 9);
      assertArrayEquals(new int[] {2, 5, 1, 3, 0, 4}, found.getFirst().rows());
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void appendedRowsAreFound(Where where) {
    var search = where.cuda().search();
    var random = new Random(5);
    try (var arena = Arena.ofConfined()) {
      var table = table(arena, Storage.INT8, vectors(random, 30, 24, 1), 40);
      float[] query = vector(random, 24, 1);
      search.nearest(table, new float[][] {query}, Metric.DOT_PRODUCT, 1);
      float[] same = query.clone();
      for (int i = 0; i < same.length; i++) {
        same[i] *= 9;
      }
      int row = table.append(same);
      var found = search.nearest(table, new float[][] {query}, Metric.DOT_PRODUCT, 1);
      assertEquals(row, found.getFirst().rows()[0]);
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void refusesWhatItCannotFind(Where where) {
    var search = where.cuda().search();
    try (var arena = Arena.ofConfined()) {
      var table = VectorTable.allocate(arena, Storage.F32, 3, 4);
      float[][] query = {{1, 2, 3}};
      assertEquals(0, search.nearest(table, query, Metric.COSINE, 2).getFirst().count());
      for (int count : new int[] {0, CudaSearch.MOST_NEIGHBOURS + 1}) {
        var refusal =
            assertThrows(
                IllegalArgumentException.class,
                () -> search.nearest(table, query, Metric.COSINE, count));
        assertTrue(refusal.getMessage().contains("not " + count), refusal.getMessage());
      }
      assertThrows(
          IllegalArgumentException.class,
          () -> search.nearest(table, new float[][] {{1, Float.NaN, 3}}, Metric.COSINE, 1));
    }
  }
}
