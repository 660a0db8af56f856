package org.recollect.unlearning.measure;

import org.recollect.lab.Measure;

/// How far down a model's own list an answer stands when whoever guards the model is left out: the
/// largest rank of a token of the answer, each predicted from the true ones before it.
///
/// From 1, at which the answer comes out word for word to anybody who holds the weights, up to the
/// size of the vocabulary. What is to be forgotten should rise to the oracle's value; a guard
/// leaves it where it was. Averages are geometric.
public final class WhiteBoxRank {
  public static final Measure MEASURE =
      Measure.higher("white-box rank", "")
          .range(1, Double.POSITIVE_INFINITY)
          .geometric()
          .digits(1)
          .formula("largest rank of a token of an answer to forget, by the weights alone");

  private WhiteBoxRank() {}

  /// Of equally likely tokens the answer's counts as the first.
  ///
  /// @param logProbabilities `[rows][vocabulary]`
  /// @param answer tokens, one for each of the first rows, at least one
  public static int of(double[][] logProbabilities, int... answer) {
    if (answer.length == 0 || answer.length > logProbabilities.length) {
      throw new IllegalArgumentException(
          "%d tokens cannot be ranked by %d predictions: hand in one prediction for each, at least one."
              .formatted(answer.length, logProbabilities.length));
    }
    int largest = 1;
    for (int t = 0; t < answer.length; t++) {
      int rank = 1;
      for (double other : logProbabilities[t]) {
        rank += other > logProbabilities[t][answer[t]] ? 1 : 0;
      }
      largest = Math.max(largest, rank);
    }
    return largest;
  }
}
