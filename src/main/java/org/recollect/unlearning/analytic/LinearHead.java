package org.recollect.unlearning.analytic;

import java.util.Arrays;

/// A linear classifier on fixed features that learns and forgets by steps along gradients.
/// Immutable.
///
/// @param weights W `[features][classes]`
/// @param loss what its gradients are of
public record LinearHead(double[][] weights, Loss loss) {

  /// The loss of a sample `x` with one-hot label `y`, whose gradient is `x (p - y)'`.
  public enum Loss {
    /// `|x W - y|^2 / 2`, with `p = x W`: the loss of a ridge classifier, whose weights such a head
    /// can go on from.
    SQUARED,

    /// `-ln p[y]`, with `p = softmax(x W)`.
    CROSS_ENTROPY
  }

  public LinearHead {
    if (weights.length == 0 || weights[0].length == 0) {
      throw new IllegalArgumentException(
          "A linear head has weights of one or more features and classes.");
    }
  }

  /// A head with all weights 0.
  public static LinearHead zeros(int features, int classes, Loss loss) {
    return new LinearHead(new double[features][classes], loss);
  }

  /// The values `p` of one sample: with cross entropy its probabilities `[classes]`.
  public double[] outputs(double... row) {
    if (row.length != weights.length) {
      throw new IllegalArgumentException(
          "The head has %d features, but a row has %d.".formatted(weights.length, row.length));
    }
    double[] logits = new double[weights[0].length];
    for (int f = 0; f < row.length; f++) {
      for (int c = 0; c < logits.length; c++) {
        logits[c] += row[f] * weights[f][c];
      }
    }
    return loss == Loss.SQUARED ? logits : softmax(logits);
  }

  private static double[] softmax(double... logits) {
    double largest = Arrays.stream(logits).max().orElseThrow();
    double[] powers = Arrays.stream(logits).map(logit -> Math.exp(logit - largest)).toArray();
    double sum = Arrays.stream(powers).sum();
    return Arrays.stream(powers).map(power -> power / sum).toArray();
  }

  /// The gradient of the mean loss `[features][classes]`.
  public double[][] gradient(Labelled samples) {
    double[][] gradient = new double[weights.length][weights[0].length];
    int count = samples.labels().length;
    for (int i = 0; i < count; i++) {
      double[] row = samples.rows()[i];
      double[] residuals = outputs(row);
      int label = samples.labels()[i];
      if (label < 0 || label >= residuals.length) {
        throw new IllegalArgumentException(
            "Label %d is none of the head's %d columns, from 0."
                .formatted(label, residuals.length));
      }
      residuals[label] -= 1;
      for (int f = 0; f < row.length; f++) {
        for (int c = 0; c < residuals.length; c++) {
          gradient[f][c] += row[f] * residuals[c] / count;
        }
      }
    }
    return gradient;
  }

  /// The head after a step: `W - rate gradient`; a negative rate ascends.
  public LinearHead step(double rate, double[][] gradient) {
    double[][] moved = new double[weights.length][weights[0].length];
    for (int f = 0; f < moved.length; f++) {
      for (int c = 0; c < moved[f].length; c++) {
        moved[f][c] = weights[f][c] - rate * gradient[f][c];
      }
    }
    return new LinearHead(moved, loss);
  }
}
