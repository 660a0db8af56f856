package org.recollect.unlearning.measure;

import org.recollect.lab.Measure;

/// How far down a model's own list an answer stands when whoever guards the model is left out: the
/// reciprocal of the largest rank of a token of the answer, each predicted from the true ones
/// before it.
///
/// From 0 to 1: 1 if the answer comes out word for word to anybody who holds the weights, a
/// thousandth if one of its tokens is but the thousandth likeliest. What is to be forgotten should
/// come down to the oracle's value; a guard leaves it where it was.
public final class WhiteBoxRank {
  public static final Measure MEASURE =
      Measure.lower("white-box rank", "")
          .range(0, 1)
          .digits(3)
          .formula("1 by the largest rank of a token of an answer to forget, by the weights alone");

  private WhiteBoxRank() {}

  /// Of equally likely tokens the answer's counts as the first.
  ///
  /// @param logProbabilities `[rows][vocabulary]`
  /// @param answer tokens, one for each of the first rows, at least one
  public static double reciprocal(double[][] logProbabilities, int... answer) {
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
    return 1.0 / largest;
  }
}
