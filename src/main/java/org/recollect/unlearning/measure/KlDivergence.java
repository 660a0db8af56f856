package org.recollect.unlearning.measure;

import org.recollect.lab.Measure;

/// How far the predictions of a model are from another's (Kullback and Leibler, "On information and
/// sufficiency", 1951): `sum_v p_v ln(p_v / q_v)`, the mean over positions.
///
/// In nats, from 0 (ideal, equal) to infinity (`q` excludes what `p` allows); better when lower.
/// The first distribution is the oracle's, the second that of the model judged.
public final class KlDivergence {
  public static final Measure TO_ORACLE =
      Measure.lower("KL to oracle", "nat")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(4)
          .formula(
              "mean over tokens of sum p ln(p/q), p the oracle's, q the model's, none below 1e-12");

  private KlDivergence() {}

  /// @param p log-probabilities `[rows][vocabulary]`
  /// @param q log-probabilities of the same positions `[rows][vocabulary]`
  /// @throws IllegalArgumentException if there is no row, shapes differ, or a row is no
  ///   distribution
  public static double of(double[][] p, double[][] q) {
    return LogRows.mean(p, q, KlDivergence::row);
  }

  /// Rounding may not take it below 0; what `p` excludes adds nothing.
  private static double row(double[] p, double[] q) {
    double sum = 0;
    for (int v = 0; v < p.length; v++) {
      sum += p[v] == Double.NEGATIVE_INFINITY ? 0 : Math.exp(p[v]) * (p[v] - q[v]);
    }
    return Math.max(0, sum);
  }
}
