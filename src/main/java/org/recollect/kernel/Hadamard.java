package org.recollect.kernel;

/// The orthonormal Walsh-Hadamard transform, in natural (Sylvester) order: `H_1 = [1]`, `H_2n =
/// [[H_n, H_n], [H_n, -H_n]] / sqrt(2)`.
///
/// It is symmetric and its own inverse, keeps every inner product, and spreads an outlier channel
/// evenly over the block. The fast form takes `n log2 n` additions.
public final class Hadamard {

  private Hadamard() {}

  /// Whether a block of this width has a Walsh-Hadamard transform.
  public static boolean hasWidth(int width) {
    return width > 0 && Integer.bitCount(width) == 1;
  }

  /// Transforms `x[offset .. offset + width)` in place.
  ///
  /// @throws IllegalArgumentException if the width is not a power of two
  public static void transform(float[] x, int offset, int width) {
    if (!hasWidth(width)) {
      throw new IllegalArgumentException(
          "A Walsh-Hadamard transform needs a power of two, not " + width + " channels.");
    }
    Kernels.encoding().rotate(x, offset, width);
  }
}
