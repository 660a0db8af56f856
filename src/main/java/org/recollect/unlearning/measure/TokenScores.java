package org.recollect.unlearning.measure;

import java.util.Arrays;

/// What a model says about one answer under teacher forcing: each token is predicted from the true
/// tokens before it, whatever the model itself would have said.
///
/// @param logProbabilities `ln p(x_t | x_<t)` of the true tokens `[tokens]`; negative infinity for
///   a token that a guard forbids
/// @param means `sum_v p_v ln p_v` of each prediction, its negative entropy `[tokens]`
/// @param variances `sum_v p_v (ln p_v - mean)^2` of each prediction `[tokens]`
/// @param argmaxes whether the true token is the likeliest; of equals the first counts `[tokens]`
public record TokenScores(
    double[] logProbabilities, double[] means, double[] variances, boolean[] argmaxes) {

  /// How far above 0 a log-probability in float32 may be rounded.
  private static final double ROUNDING = 1e-5;

  public TokenScores {
    Given.numbers("tokens", logProbabilities);
    Given.numbers("means", means);
    Given.numbers("variances", variances);
    Given.paired("tokens and means", logProbabilities.length, means.length);
    Given.paired("tokens and variances", logProbabilities.length, variances.length);
    Given.paired("tokens and argmaxes", logProbabilities.length, argmaxes.length);
    logProbabilities = logProbabilities.clone();
    means = means.clone();
    variances = variances.clone();
    argmaxes = argmaxes.clone();
    for (int t = 0; t < logProbabilities.length; t++) {
      if (logProbabilities[t] > ROUNDING || means[t] > ROUNDING || variances[t] < 0) {
        throw new IllegalArgumentException(
            "Token %d has log-probability %s, mean %s and variance %s: hand in logarithms of probabilities, at most 0, and a variance of at least 0."
                .formatted(t, logProbabilities[t], means[t], variances[t]));
      }
      logProbabilities[t] = Math.min(0, logProbabilities[t]);
    }
  }

  /// The scores that logits give.
  ///
  /// @param logits of the predictions, row-major `[tokens][vocabulary]`; negative infinity for a
  ///   token that is forbidden
  /// @param targets the true tokens `[tokens]`
  /// @throws IllegalArgumentException if there is no token, the logits are no whole rows, a target
  ///   is not in the vocabulary, or a row has a logit that is no number or none that is finite
  public static TokenScores ofLogits(float[] logits, int... targets) {
    int tokens = targets.length;
    if (tokens == 0 || logits.length == 0 || logits.length % tokens != 0) {
      throw new IllegalArgumentException(
          "%d logits are no whole rows for %d tokens: hand in one row of the vocabulary for each."
              .formatted(logits.length, tokens));
    }
    int vocabulary = logits.length / tokens;
    double[] logProbabilities = new double[tokens];
    double[] means = new double[tokens];
    double[] variances = new double[tokens];
    boolean[] argmaxes = new boolean[tokens];
    for (int t = 0; t < tokens; t++) {
      if (targets[t] < 0 || targets[t] >= vocabulary) {
        throw new IllegalArgumentException(
            "Token %d is %d, but the logits are of a vocabulary of %d."
                .formatted(t, targets[t], vocabulary));
      }
      double[] row = logSoftmax(logits, t * vocabulary, vocabulary);
      logProbabilities[t] = row[targets[t]];
      means[t] = expectation(row, 0, 1);
      variances[t] = expectation(row, means[t], 2);
      argmaxes[t] = argmax(row) == targets[t];
    }
    return new TokenScores(logProbabilities, means, variances, argmaxes);
  }

  /// The log-probabilities that logits give.
  ///
  /// @param logits of the predictions, row-major `[rows][vocabulary]`
  /// @return `[rows][vocabulary]`
  public static double[][] logProbabilities(float[] logits, int rows) {
    int vocabulary = logits.length / rows;
    double[][] all = new double[rows][];
    for (int row = 0; row < rows; row++) {
      all[row] = logSoftmax(logits, row * vocabulary, vocabulary);
    }
    return all;
  }

  public int tokens() {
    return logProbabilities.length;
  }

  /// The negative log-likelihood of the answer, in nats.
  public double totalLoss() {
    return -Arrays.stream(logProbabilities).sum();
  }

  /// The negative log-likelihood of a token on average, in nats.
  public double meanLoss() {
    return totalLoss() / tokens();
  }

  /// The share of tokens that are the likeliest.
  public double accuracy() {
    int right = 0;
    for (boolean argmax : argmaxes) {
      right += argmax ? 1 : 0;
    }
    return right / (double) tokens();
  }

  /// Without the last token: an answer scored with its end of text, for measures that ignore it.
  ///
  /// @throws IllegalArgumentException if there is only one token
  public TokenScores withoutEnd() {
    int tokens = tokens() - 1;
    return new TokenScores(
        Arrays.copyOf(logProbabilities, tokens),
        Arrays.copyOf(means, tokens),
        Arrays.copyOf(variances, tokens),
        Arrays.copyOf(argmaxes, tokens));
  }

  private static double[] logSoftmax(float[] logits, int from, int vocabulary) {
    double[] row = new double[vocabulary];
    for (int v = 0; v < vocabulary; v++) {
      row[v] = logits[from + v];
    }
    double total = Logs.sum(row);
    if (!Double.isFinite(total)) {
      throw new IllegalArgumentException(
          "The logits of token %d have no softmax: they need numbers, at least one of them finite."
              .formatted(from / vocabulary));
    }
    for (int v = 0; v < vocabulary; v++) {
      row[v] -= total;
    }
    return row;
  }

  /// `sum_v p_v (ln p_v - about)^power`, to which an impossible token adds nothing.
  private static double expectation(double[] row, double about, int power) {
    double sum = 0;
    for (double log : row) {
      sum += log == Double.NEGATIVE_INFINITY ? 0 : Math.exp(log) * Math.pow(log - about, power);
    }
    return sum;
  }

  private static int argmax(double[] row) {
    int best = 0;
    for (int v = 1; v < row.length; v++) {
      best = row[v] > row[best] ? v : best;
    }
    return best;
  }
}
