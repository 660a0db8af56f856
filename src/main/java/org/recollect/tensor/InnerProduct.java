package org.recollect.tensor;

/// Sums of products in double precision, in an order that never changes, so that a resumed run gets
/// the same bits.
final class InnerProduct {
  private InnerProduct() {}

  /// The inner product of two vectors of one length.
  static double of(float[] a, float[] b) {
    double even = 0; // two sums, neither of which waits for the other
    double odd = 0;
    int pairs = a.length & ~1;
    for (int i = 0; i < pairs; i += 2) {
      even += (double) a[i] * b[i];
      odd += (double) a[i + 1] * b[i + 1];
    }
    return even + odd + (pairs < a.length ? (double) a[pairs] * b[pairs] : 0);
  }
}
