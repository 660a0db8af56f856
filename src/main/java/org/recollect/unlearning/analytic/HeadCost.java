package org.recollect.unlearning.analytic;

/// Floating-point operations of fitting and changing a head, by the leading terms of the formulas:
/// a product of matrices `[a][b]` and `[b][c]` takes `2 a b c`, also where it is symmetric, and a
/// Cholesky factor of `[a][a]` a third of `a^3`. Every way to solve a symmetric system is counted
/// as one by that factor.
///
/// @param features of a sample
/// @param classes columns of the head
public record HeadCost(double features, double classes) {
  private static final int CHUNK = 200;

  /// `X'X` and `X'Y` of some samples.
  public double sums(int samples) {
    return 2.0 * samples * features * (features + classes);
  }

  /// `W` from these sums.
  public double solving() {
    return factor(features) + 2 * features * features * classes;
  }

  /// A fit of so many samples.
  public double refit(int samples) {
    return sums(samples) + solving();
  }

  /// Taking samples in or out by the inverse, at most 200 at a time.
  public double update(int samples) {
    double flop = 0;
    for (int left = samples; left > 0; left -= CHUNK) {
      double n = Math.min(left, CHUNK);
      double overlap = 2 * n * features * (features + n) + factor(n);
      double halves = 2 * n * features * classes + n * n * (features + classes);
      flop += overlap + halves + 2 * n * features * (features + classes);
    }
    return flop;
  }

  /// The question whether samples have been in, as [org.recollect.model.RidgeHead] asks it with
  /// doubles.
  public double refusal() {
    return factor(features) + features * features * classes;
  }

  /// Taking a class out by its sums: two inversions by a factor, a triangular solution and a
  /// product, and the weights from them.
  public double reinversion() {
    double inversion = factor(features) + 3 * features * features * features;
    return 2 * inversion + 4 * features * features * classes;
  }

  /// The gradient of so many samples.
  public double gradient(double samples) {
    return 4 * samples * features * classes;
  }

  private static double factor(double size) {
    return size * size * size / 3;
  }
}
