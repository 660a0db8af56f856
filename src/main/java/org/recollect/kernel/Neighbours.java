package org.recollect.kernel;

import java.util.Arrays;

/// The rows most similar to a query, the best first; of equal ones the first in the table.
///
/// @param rows `[count]`
/// @param scores of these rows `[count]`
public record Neighbours(int[] rows, float[] scores) {

  /// How many were found: fewer than were asked for where the table has fewer rows.
  public int count() {
    return rows.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Neighbours that
        && Arrays.equals(rows, that.rows)
        && Arrays.equals(scores, that.scores);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(rows) + Arrays.hashCode(scores);
  }

  @Override
  public String toString() {
    return "Neighbours[rows=%s, scores=%s]"
        .formatted(Arrays.toString(rows), Arrays.toString(scores));
  }
}
