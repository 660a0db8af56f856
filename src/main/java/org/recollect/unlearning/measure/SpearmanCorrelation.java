package org.recollect.unlearning.measure;

import java.util.Arrays;
import java.util.stream.IntStream;

/// Whether two quantities order the same things alike (Spearman, "The proof and measurement of
/// association between two things", 1904): the correlation of their ranks, equal values sharing the
/// mean of their ranks.
///
/// From -1 (opposite order) to 1 (same order), about 0 if they have nothing to do with each other.
public final class SpearmanCorrelation {
  private SpearmanCorrelation() {}

  /// @throws IllegalArgumentException if there are not as many of both, or all values of one are
  ///   equal and so have no order
  public static double of(double[] x, double[] y) {
    double correlation = Arrays.stream(shares(x, y)).average().orElseThrow();
    return Math.clamp(correlation, -1, 1);
  }

  /// What each pair of values adds to the correlation, which is the mean of these numbers.
  ///
  /// @throws IllegalArgumentException as [#of]
  public static double[] shares(double[] x, double[] y) {
    Given.paired("values", x.length, y.length);
    double[] a = deviations(x);
    double[] b = deviations(y);
    double scale = x.length / Math.sqrt(dot(a, a) * dot(b, b));
    return IntStream.range(0, x.length).mapToDouble(i -> a[i] * b[i] * scale).toArray();
  }

  private static double[] deviations(double[] values) {
    Given.numbers("values", values);
    double mean = (values.length + 1) / 2.0;
    double[] deviations = Arrays.stream(Ranks.of(values)).map(rank -> rank - mean).toArray();
    if (dot(deviations, deviations) == 0) {
      throw new IllegalArgumentException(
          "All %d values are %s and have no order: a correlation needs at least two different ones."
              .formatted(values.length, values[0]));
    }
    return deviations;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
