package org.recollect.kernel;

/// The product of activations with a [BitPlaneMatrix] in integer arithmetic: `y = x W^T`, where
/// each row of `x` is rounded on the fly like the weights, with the same groups of columns.
///
/// ```
/// y = sum_groups s_x s_w sum_columns q_x q_w
///   = sum_groups s_x s_w sum_ij sigma_ij 2^(i+j) popcount(X_i AND W_j)
/// ```
///
/// where `q` are codes, `X_i` and `W_j` are their bit planes, and `sigma_ij` is -1 where exactly
/// one of `i` and `j` is the plane of the sign. The sum over groups is in double precision, in the
/// order of the columns.
///
/// Implementations give the same floats to the last bit. They are stateless and may be shared
/// between threads.
///
/// Source: FlexQ (2025): weights of 6 bits, activations of 6, or 8 where a layer is sensitive
/// (W6A6, W6A8). Other widths, scales of activations in double instead of half precision and sums
/// in double instead of single precision are inferred or ours.
public interface IntegerProduct {

  /// Fills `y [m][rows]` from `x [m][columns]`.
  ///
  /// @param x finite
  /// @param activationBits of the codes of `x`, 2 to 8
  /// @throws IllegalArgumentException if `x` is not whole rows of the matrix's columns or not
  ///   finite, or `y` has another length
  void multiply(float[] x, int activationBits, BitPlaneMatrix weights, float[] y);
}
