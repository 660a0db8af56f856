package org.recollect.bench;

/// Speed counts only with equal results.
final class Agreement {

  private Agreement() {}

  /// Compares what a contender computes with what it has to.
  ///
  /// @param tolerance the largest difference, as a share of the largest number expected
  /// @throws IllegalStateException if they differ by more
  static void require(String contender, float[] expected, float[] computed, double tolerance) {
    if (expected.length != computed.length) {
      throw new IllegalStateException(
          "%s computes %d numbers where %d are expected: the comparison would be of different things."
              .formatted(contender, computed.length, expected.length));
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double apart = Math.abs(expected[i] - computed[i]);
      // Not a number is as far from it as can be.
      difference = apart >= 0 ? Math.max(difference, apart) : Double.POSITIVE_INFINITY;
    }
    if (difference > tolerance * largest) {
      throw new IllegalStateException(
          "%s is off by %.2g of the largest number where %.2g is allowed: its times would say nothing, mend it first."
              .formatted(contender, difference / largest, tolerance));
    }
  }
}
