package org.recollect.unlearning.measure;

/// Sums of numbers that are known by their logarithms, and may be too small to be written down.
public final class Logs {
  private Logs() {}

  /// `ln(e^a + e^b)`.
  static double add(double a, double b) {
    double larger = Math.max(a, b);
    return Double.isInfinite(larger) ? larger : larger + Math.log1p(Math.exp(-Math.abs(a - b)));
  }

  /// `ln sum e^x`, negative infinity for nothing but zeros.
  public static double sum(double... logs) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double log : logs) {
      largest = Math.max(largest, log);
    }
    if (Double.isInfinite(largest)) {
      return largest;
    }
    double sum = 0;
    for (double log : logs) {
      sum += Math.exp(log - largest);
    }
    return largest + Math.log(sum);
  }
}
