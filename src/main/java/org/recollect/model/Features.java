package org.recollect.model;

import java.util.Arrays;

/// Rows of features, checked at the edge.
final class Features {
  private Features() {}

  /// Rows of one width, of finite numbers.
  static void check(double[][] rows, int width) {
    for (int i = 0; i < rows.length; i++) {
      boolean finite = Arrays.stream(rows[i]).allMatch(Double::isFinite);
      if (rows[i].length != width || !finite) {
        throw new IllegalArgumentException(
            "Row %d has %d features%s: expected %d finite numbers."
                .formatted(i, rows[i].length, finite ? "" : ", not all finite", width));
      }
    }
  }

  /// The same with a label for each row.
  static void check(double[][] rows, int[] labels, int width) {
    if (rows.length != labels.length) {
      throw new IllegalArgumentException(
          "There are %d rows and %d labels: hand in a label for each row."
              .formatted(rows.length, labels.length));
    }
    check(rows, width);
  }
}
