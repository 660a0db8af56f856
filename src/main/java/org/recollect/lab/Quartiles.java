package org.recollect.lab;

import java.util.Arrays;

/// The median of a sample, and the quartiles that half of it lies between.
public record Quartiles(double low, double median, double high) {

  /// Between two values of the sample a quartile is interpolated (Hyndman and Fan 1996, type 7).
  ///
  /// @param sample at least one number
  public static Quartiles of(double[] sample) {
    double[] sorted = sample.clone();
    Arrays.sort(sorted);
    return new Quartiles(at(sorted, 0.25), at(sorted, 0.5), at(sorted, 0.75));
  }

  private static double at(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
