package org.recollect.unlearning.analytic;

import java.util.Arrays;

/// Features with their classes.
///
/// @param rows `[samples][features]`
/// @param labels columns of the head's weights, from 0 `[samples]`
public record Labelled(double[][] rows, int... labels) {
  public Labelled {
    if (rows.length == 0 || rows.length != labels.length) {
      throw new IllegalArgumentException(
          "There are %d rows and %d labels: hand in a label for each row, and one row or more."
              .formatted(rows.length, labels.length));
    }
    if (Arrays.stream(rows).anyMatch(row -> row.length != rows[0].length)) {
      throw new IllegalArgumentException(
          "The rows differ in length: hand in as many features for each, here %d."
              .formatted(rows[0].length));
    }
  }

  /// Some of them, in the order given.
  ///
  /// @param places one or more
  public Labelled of(int... places) {
    return new Labelled(
        Arrays.stream(places).mapToObj(i -> rows[i]).toArray(double[][]::new),
        Arrays.stream(places).map(i -> labels[i]).toArray());
  }
}
