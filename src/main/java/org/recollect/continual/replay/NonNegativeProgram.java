package org.recollect.continual.replay;

import java.util.Arrays;

/// The quadratic programme of a few unknowns that are bounded from below,
///
/// `min 1/2 v' P v + q' v` subject to `v_i >= least`,
///
/// for a symmetric, positive definite `P`; solved by exact steps along one coordinate after
/// another, which converge for every such `P` (Hildreth, "A quadratic programming procedure",
/// 1957).
///
/// @param p `[n][n]`
/// @param q `[n]`
/// @param least of each unknown
record NonNegativeProgram(double[][] p, double[] q, double least) {
  private static final int SWEEPS = 10_000;
  private static final double EXACT = 1e-12;

  /// The solution `[n]`.
  double[] solution() {
    double[] v = new double[q.length];
    Arrays.fill(v, least);
    double largest = 1;
    for (int sweep = 0; sweep < SWEEPS && largest > EXACT; sweep++) {
      largest = 0;
      for (int i = 0; i < v.length; i++) {
        double to = Math.max(least, v[i] - slope(i, v) / p[i][i]);
        largest = Math.max(largest, Math.abs(to - v[i]) / Math.max(1, Math.abs(to)));
        v[i] = to;
      }
    }
    return v;
  }

  /// The objective's derivative in one unknown.
  double slope(int i, double... v) {
    double sum = q[i];
    for (int j = 0; j < v.length; j++) {
      sum += p[i][j] * v[j];
    }
    return sum;
  }
}
