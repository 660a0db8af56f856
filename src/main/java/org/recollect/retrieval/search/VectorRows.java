package org.recollect.retrieval.search;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.kernel.Similarity;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;

/// One unit vector a passage, in the order of their numbers, for the project's own kernels.
/// Mutable; owns native memory.
final class VectorRows implements AutoCloseable {
  private final Storage storage;
  private final Similarity similarity = Similarity.best();
  private final Map<Long, Integer> rows = new HashMap<>();
  private long[] numbers = new long[64];
  private Arena arena;
  private VectorTable table;

  VectorRows(Storage storage) {
    this.storage = storage;
  }

  /// @param number larger than those before
  void add(long number, float[] vector) {
    if (table == null) {
      allocate(vector.length);
    } else if (table.rows() == numbers.length) {
      grow();
    }
    int row = table.append(vector);
    numbers[row] = number;
    rows.put(number, row);
  }

  /// The cosine with each passage, the best first.
  List<Scored> nearest(float[] query, int k) {
    if (table == null) {
      return List.of();
    }
    var found = similarity.nearest(table, new float[][] {query}, Metric.DOT_PRODUCT, k).getFirst();
    return IntStream.range(0, found.count())
        .mapToObj(i -> new Scored(numbers[found.rows()[i]], found.scores()[i]))
        .toList();
  }

  /// The cosine with one passage; 0 for one that has no vector.
  double score(long number, float[] query) {
    var row = rows.get(number);
    return row == null
        ? 0
        : similarity.lateInteraction(
            table, row, row + 1, new float[][] {query}, Metric.DOT_PRODUCT);
  }

  long bytes() {
    return table == null ? 0 : table.bytes() + (long) numbers.length * Long.BYTES;
  }

  private void allocate(int dimensions) {
    arena = Arena.ofShared();
    table = VectorTable.allocate(arena, storage, dimensions, numbers.length);
  }

  /// Codes rebuild to the same codes, so nothing is lost by going through numbers.
  private void grow() {
    var before = table;
    try (var _ = arena) {
      numbers = Arrays.copyOf(numbers, 2 * numbers.length);
      allocate(before.dimensions());
      float[] vector = new float[before.dimensions()];
      for (int row = 0; row < before.rows(); row++) {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = before.number(row, i);
        }
        table.append(vector);
      }
    }
  }

  @Override
  public void close() {
    if (arena != null) {
      arena.close();
      arena = null;
      table = null;
    }
  }
}
