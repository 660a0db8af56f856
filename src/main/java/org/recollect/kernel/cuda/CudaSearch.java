package org.recollect.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recollect.kernel.DotProducts;
import org.recollect.kernel.Neighbours;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;

/// Search among the rows of a table on a device, which keeps a copy of the table: only rows that
/// were appended since are copied again.
///
/// Scores are sums in single precision, each in the same order wherever a row lies, so that equal
/// rows have equal scores; of equal ones the first row comes first, as in
/// [org.recollect.kernel.Similarity].
public final class CudaSearch implements DotProducts {

  /// The most rows that a device picks for a query.
  public static final int MOST_NEIGHBOURS = 1024;

  private static final int WARPS = 4;
  private static final int QUERIES_A_PASS = 4;
  private static final int SORTED = 2048;
  private static final int SORTERS = 256;
  private static final long MOST_SCORES = 1L << 26;

  private final Cuda cuda;
  private final Mirrors<VectorTable> tables;

  CudaSearch(Cuda cuda, Mirrors<VectorTable> tables) {
    this.cuda = cuda;
    this.tables = tables;
  }

  @Override
  public void fill(VectorTable table, int from, int to, float[][] queries, float[] dots) {
    if (queries.length == 0 || from == to) {
      return;
    }
    cuda.alone(() -> {
      try (var arena = Arena.ofConfined()) {
        int count = queries.length * (to - from);
        long scores = score(arena, table, from, to, List.of(queries), Metric.DOT_PRODUCT);
        var host = arena.allocate(JAVA_FLOAT, count);
        cuda.stream().download(scores, host);
        cuda.stream().await();
        MemorySegment.copy(host, JAVA_FLOAT, 0, dots, 0, count);
        return null;
      }
    });
  }

  /// The rows most similar to each query.
  ///
  /// @param queries `[queries][dimensions]`, finite
  /// @param count rows to find for each, 1 to [#MOST_NEIGHBOURS]
  /// @return one entry a query
  /// @throws IllegalArgumentException if a query does not fit the table, or the count is out of
  ///   range
  public List<Neighbours> nearest(VectorTable table, float[][] queries, Metric metric, int count) {
    if (count < 1 || count > MOST_NEIGHBOURS) {
      throw new IllegalArgumentException(
          "A search on the device finds 1 to %d rows, not %d; use the simd kernels for more."
              .formatted(MOST_NEIGHBOURS, count));
    }
    for (float[] query : queries) {
      table.requireVector(query);
    }
    var found = new ArrayList<Neighbours>();
    int kept = Math.min(count, table.rows());
    if (kept == 0) {
      Arrays.stream(queries).forEach(_ -> found.add(new Neighbours(new int[0], new float[0])));
      return found;
    }
    int together = (int) Math.clamp(MOST_SCORES / table.rows(), 1, 1 << 14);
    for (int first = 0; first < queries.length; first += together) {
      var some = Arrays.asList(queries).subList(first, Math.min(queries.length, first + together));
      found.addAll(cuda.alone(() -> nearest(table, some, metric, kept)));
    }
    return found;
  }

  private List<Neighbours> nearest(
      VectorTable table, List<float[]> queries, Metric metric, int kept) {
    try (var arena = Arena.ofConfined()) {
      long scores = score(arena, table, 0, table.rows(), queries, metric);
      long best = best(arena, scores, table.rows(), queries.size(), kept);
      int count = queries.size() * kept;
      long unpacked = cuda.output().atLeast(8L * count);
      var unpack =
          new Struct(arena).put(best).put(unpacked).put(unpacked + 4L * count).put(count).end();
      cuda.launch("unpack", Blocks.of(Math.ceilDiv(count, SORTERS), SORTERS), unpack);
      var host = arena.allocate(8L * count, 64);
      cuda.stream().download(unpacked, host);
      cuda.stream().await();
      var found = new ArrayList<Neighbours>();
      for (int q = 0; q < queries.size(); q++) {
        var from = host.asSlice(4L * q * kept, 4L * kept);
        var rows = host.asSlice(4L * (count + q * kept), 4L * kept);
        found.add(new Neighbours(rows.toArray(JAVA_INT), from.toArray(JAVA_FLOAT)));
      }
      return found;
    }
  }

  /// The address of the scores `[queries][to - from]`.
  private long score(
      Arena arena, VectorTable table, int from, int to, List<float[]> queries, Metric metric) {
    var copy = copied(table);
    int padded = table.paddedDimensions();
    var input = new Struct(arena);
    for (float[] query : queries) {
      input.put(Arrays.copyOf(query, padded));
    }
    long lengths = input.end().size();
    for (float[] query : queries) {
      input.put(length(query));
    }
    long address = cuda.input().atLeast(input.size());
    cuda.stream().upload(input.memory(), address);
    int rows = to - from;
    long scores = cuda.scratch().atLeast(4L * rows * queries.size());
    long scales = copy + table.memory().byteSize();
    long rowLengths = scales + table.scales().byteSize();
    var dots =
        new Struct(arena)
            .put(copy + table.start(from))
            .put(table.storage() == Storage.INT8 ? scales + 4L * from : 0L)
            .put(metric == Metric.COSINE ? rowLengths + 4L * from : 0L)
            .put(address)
            .put(address + lengths)
            .put(scores)
            .put(table.start(1))
            .put(rows)
            .put(padded)
            .put(queries.size())
            .end();
    var blocks = Blocks.of(Math.ceilDiv(rows, WARPS), 32 * WARPS);
    cuda.launch("dot_products", blocks.rows(Math.ceilDiv(queries.size(), QUERIES_A_PASS)), dots);
    return scores;
  }

  /// The address of the best candidates `[queries][kept]`: those of every part of the scores, then
  /// of every part of these, until one part is left.
  private long best(Arena arena, long scores, int rows, int queries, int kept) {
    long most = (long) queries * Math.ceilDiv(rows, SORTED) * kept;
    long[] candidates = {
      cuda.candidates(0).atLeast(8 * most), cuda.candidates(1).atLeast(8 * most)
    };
    long from = 0;
    for (int count = rows, pass = 0; ; pass++) {
      int parts = Math.ceilDiv(count, SORTED);
      long to = candidates[pass % 2];
      var keep =
          new Struct(arena)
              .put(pass == 0 ? scores : 0L)
              .put(from)
              .put(to)
              .put(count)
              .put(kept)
              .put(parts)
              .put(0)
              .end();
      cuda.launch("keep_best", Blocks.of(parts, SORTERS).rows(queries).sharing(8 * SORTED), keep);
      if (parts == 1) {
        return to;
      }
      from = to;
      count = parts * kept;
    }
  }

  /// The address of the device's copy: the numbers, their scales and the rows' lengths.
  private long copied(VectorTable table) {
    tables.nextCall();
    var copy = tables.of(table, table.bytes());
    long from = Math.max(0, copy.current());
    if (from < table.rows()) {
      long scales = copy.address() + table.memory().byteSize();
      long lengths = scales + table.scales().byteSize();
      long rows = table.rows() - from;
      long start = from * table.start(1);
      cuda.stream()
          .upload(table.memory().asSlice(start, rows * table.start(1)), copy.address() + start);
      if (table.storage() == Storage.INT8) {
        cuda.stream().upload(table.scales().asSlice(4 * from, 4 * rows), scales + 4 * from);
      }
      cuda.stream().upload(table.lengths().asSlice(4 * from, 4 * rows), lengths + 4 * from);
      copy.holds(table.rows());
    }
    return copy.address();
  }

  private static double length(float[] vector) {
    double sum = 0;
    for (float x : vector) {
      sum += (double) x * x;
    }
    return Math.sqrt(sum);
  }
}
