package org.recollect.unlearning.guard;

/// How alike two vectors point.
final class Cosine {
  private Cosine() {}

  /// From -1 to 1; 0 where one has no length.
  static double of(double[] a, double[] b) {
    double product = 0;
    double left = 0;
    double right = 0;
    for (int i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      left += a[i] * a[i];
      right += b[i] * b[i];
    }
    return left * right == 0 ? 0 : product / Math.sqrt(left * right);
  }
}
