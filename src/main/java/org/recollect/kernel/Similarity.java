package org.recollect.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// Search among the rows of a table: the most similar ones to a query, exactly, and the late
/// interaction of two sets of vectors.
///
/// Rows are scored block by block, so that scores stay in the cache, and each block is read once
/// for all queries. Blocks are shared out among threads; the result is the same for any number of
/// them, because every row's score is computed alike wherever it is computed, and ties go to the
/// first row.
public final class Similarity {

  /// What two vectors are compared by.
  public enum Metric {
    /// `a . b`
    DOT_PRODUCT,
    /// `a . b / (|a| |b|)`, and 0 where a length is 0.
    COSINE
  }

  private static final int BLOCK_ROWS = 1024;

  private final DotProducts kernel;
  private final int threads;

  /// @param threads that share the rows, at least 1
  public Similarity(DotProducts kernel, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "A search takes at least one thread, not " + threads + ".");
    }
    this.kernel = kernel;
    this.threads = threads;
  }

  /// The kernels in use on this machine, and all its processors.
  public static Similarity best() {
    return new Similarity(Kernels.dotProducts(), Runtime.getRuntime().availableProcessors());
  }

  /// The rows most similar to each query.
  ///
  /// @param queries `[queries][dimensions]`, finite
  /// @param count rows to find for each, at least 1
  /// @return one entry a query
  /// @throws IllegalArgumentException if a query does not fit the table, or the count is below 1
  public List<Neighbours> nearest(VectorTable table, float[][] queries, Metric metric, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("A search finds at least one row, not " + count + ".");
    }
    for (float[] query : queries) {
      table.requireVector(query);
    }
    int kept = Math.min(count, table.rows());
    int parts = Math.clamp(Math.ceilDiv(table.rows(), BLOCK_ROWS), 1, threads);
    var best = Pool.map(parts, part -> search(table, queries, metric, kept, part, parts));
    return IntStream.range(0, queries.length)
        .mapToObj(query -> {
          var merged = new Best(kept);
          best.forEach(found -> merged.add(found[query]));
          return merged.sorted();
        })
        .toList();
  }

  /// Late interaction (Khattab and Zaharia, "ColBERT", 2020, equation 3): the sum over the queries
  /// of the largest similarity to a row.
  ///
  /// @param from first row of the passage
  /// @param to row behind its last; at least one row
  /// @param queries `[queries][dimensions]`, finite
  /// @throws IllegalArgumentException if the passage is not within the table, or a query does not
  ///   fit
  public double lateInteraction(
      VectorTable table, int from, int to, float[][] queries, Metric metric) {
    if (from < 0 || from >= to || to > table.rows()) {
      throw new IllegalArgumentException(
          "A passage is a run of rows of the table, which has %d; asked for %d to %d."
              .formatted(table.rows(), from, to));
    }
    for (float[] query : queries) {
      table.requireVector(query);
    }
    double[] largest = new double[queries.length];
    Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    float[] scores = new float[queries.length * Math.min(BLOCK_ROWS, to - from)];
    for (int block = from; block < to; block += BLOCK_ROWS) {
      int end = Math.min(to, block + BLOCK_ROWS);
      score(table, block, end, queries, metric, scores);
      for (int query = 0; query < queries.length; query++) {
        for (int at = query * (end - block); at < (query + 1) * (end - block); at++) {
          largest[query] = Math.max(largest[query], scores[at]);
        }
      }
    }
    return Arrays.stream(largest).sum();
  }

  /// The best rows of every `parts`-th block, an entry a query.
  private Best[] search(
      VectorTable table, float[][] queries, Metric metric, int count, int part, int parts) {
    var best = new Best[queries.length];
    Arrays.setAll(best, _ -> new Best(count));
    float[] scores = new float[queries.length * Math.min(BLOCK_ROWS, table.rows())];
    for (int from = part * BLOCK_ROWS; from < table.rows(); from += parts * BLOCK_ROWS) {
      int to = Math.min(table.rows(), from + BLOCK_ROWS);
      score(table, from, to, queries, metric, scores);
      for (int query = 0; query < queries.length; query++) {
        best[query].add(scores, query * (to - from), from, to);
      }
    }
    return best;
  }

  private void score(
      VectorTable table, int from, int to, float[][] queries, Metric metric, float[] scores) {
    kernel.fill(table, from, to, queries, scores);
    if (metric == Metric.DOT_PRODUCT) {
      return;
    }
    int at = 0;
    for (float[] query : queries) {
      double length = length(query);
      for (int row = from; row < to; row++, at++) {
        double lengths = length * table.length(row);
        scores[at] = lengths == 0 ? 0 : (float) (scores[at] / lengths);
      }
    }
  }

  private static double length(float[] vector) {
    double sum = 0;
    for (float x : vector) {
      sum += (double) x * x;
    }
    return Math.sqrt(sum);
  }

  /// The best rows so far, in a heap with the worst of them on top. Mutable.
  private static final class Best {

    private final int[] rows;
    private final float[] scores;
    private int size;

    Best(int count) {
      this.rows = new int[count];
      this.scores = new float[count];
    }

    /// Takes the scores of the rows `from .. to`, which start at `at`.
    void add(float[] from, int at, int firstRow, int toRow) {
      for (int row = firstRow; row < toRow; row++) {
        add(row, from[at++]);
      }
    }

    void add(Best other) {
      for (int i = 0; i < other.size; i++) {
        add(other.rows[i], other.scores[i]);
      }
    }

    Neighbours sorted() {
      var order =
          IntStream.range(0, size)
              .boxed()
              .sorted((a, b) -> worse(a, b) ? 1 : -1)
              .mapToInt(Integer::intValue)
              .toArray();
      float[] sorted = new float[size];
      for (int i = 0; i < size; i++) {
        sorted[i] = scores[order[i]];
      }
      return new Neighbours(Arrays.stream(order).map(i -> rows[i]).toArray(), sorted);
    }

    private void add(int row, float score) {
      if (size < rows.length) {
        set(size, row, score);
        for (int i = size++; i > 0 && worse(i, (i - 1) / 2); i = (i - 1) / 2) {
          swap(i, (i - 1) / 2);
        }
      } else if (score > scores[0] || score == scores[0] && row < rows[0]) {
        set(0, row, score);
        sink();
      }
    }

    private void sink() {
      for (int i = 0; 2 * i + 1 < size; ) {
        int child = 2 * i + 1;
        if (child + 1 < size && worse(child + 1, child)) {
          child++;
        }
        if (!worse(child, i)) {
          return;
        }
        swap(i, child);
        i = child;
      }
    }

    private boolean worse(int a, int b) {
      return scores[a] < scores[b] || scores[a] == scores[b] && rows[a] > rows[b];
    }

    private void set(int at, int row, float score) {
      rows[at] = row;
      scores[at] = score;
    }

    private void swap(int a, int b) {
      int row = rows[a];
      float score = scores[a];
      set(a, rows[b], scores[b]);
      set(b, row, score);
    }
  }
}
