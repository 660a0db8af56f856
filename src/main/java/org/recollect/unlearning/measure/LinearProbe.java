package org.recollect.unlearning.measure;

import java.util.Arrays;
import java.util.Optional;
import org.recollect.lab.Measure;

/// What can be read off hidden states by a linear map (Alain and Bengio, "Understanding
/// intermediate layers using linear classifier probes", 2016, arXiv:1610.01644): softmax
/// regression, fitted on some items and judged on others.
///
/// `min_W mean_i -ln softmax(W x_i)[y_i] + l2/2 |W|^2`, where `x` are the features, each shifted
/// and scaled to mean 0 and deviation 1 on the items fitted on, and a constant 1. The constant's
/// weights are shrunk too, which makes the optimum unique. It is found by Nesterov's method for
/// strongly convex functions with step `1/L` and momentum `(sqrt L - sqrt l2) / (sqrt L + sqrt
/// l2)`, in doubles and without chance: `L = |X^T X / n|_F / 2 + l2` bounds the curvature.
///
/// The accuracy is from 0 to 1: on what is to be forgotten lower is better, down to the oracle's
/// value or chance, whichever is higher. A probe that recovers what the model no longer says shows
/// that it was hidden, not removed.
public final class LinearProbe {
  public static final Measure ACCURACY =
      Measure.lower("linear probe", "")
          .range(0, 1)
          .digits(3)
          .formula("accuracy of softmax regression on hidden states of items not fitted on");

  /// How much weights are shrunk unless said otherwise, per item.
  public static final double L2 = 0.01;

  private static final double GRADIENT = 1e-6;
  private static final int MOST_STEPS = 5000;

  private final double[] means;
  private final double[] deviations;
  private final double[][] weights;

  private LinearProbe(double[] means, double[] deviations, int classes) {
    this.means = means;
    this.deviations = deviations;
    this.weights = new double[classes][means.length + 1];
  }

  /// The probe of these items.
  ///
  /// @param features `[items][features]`
  /// @param labels from 0; the largest says how many classes there are `[items]`
  /// @param l2 how much weights are shrunk, above 0
  /// @throws IllegalArgumentException if there is no item, not a label for each, a row of another
  ///   length, a number that is not finite, a negative label or no shrinking
  public static LinearProbe fit(double[][] features, int[] labels, double l2) {
    var probe = unfitted(features, labels, l2);
    probe.descend(probe.inputs(features), labels, l2, Optional.empty());
    return probe;
  }

  /// The same with early stopping: the descent ends when the loss on items that it is not fitted on
  /// has not fallen for 20 steps, and the weights are those with the smallest such loss.
  ///
  /// @param watched features of these items `[watched][features]`
  /// @param watchedLabels among those of the items fitted on `[watched]`
  /// @throws IllegalArgumentException as [#fit] does, for either set, or if a label that is watched
  ///   is above all that are fitted on
  public static LinearProbe fitWatching(
      double[][] features, int[] labels, double[][] watched, int[] watchedLabels, double l2) {
    check(watched, watchedLabels);
    var probe = unfitted(features, labels, l2);
    if (Arrays.stream(watchedLabels).max().orElseThrow() >= probe.weights.length) {
      throw new IllegalArgumentException(
          "Items are watched with labels that no item fitted on has: shuffle before you split.");
    }
    var inputs = probe.inputs(watched);
    var stopping = new EarlyStopping(weights -> loss(weights, inputs, watchedLabels));
    probe.descend(probe.inputs(features), labels, l2, Optional.of(stopping));
    return probe;
  }

  private static LinearProbe unfitted(double[][] features, int[] labels, double l2) {
    check(features, labels);
    if (!(l2 > 0 && l2 < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The weights of a probe are shrunk by a positive number, not %s: %s is usual."
              .formatted(l2, L2));
    }
    double[] means = new double[features[0].length];
    double[] deviations = new double[means.length];
    for (int d = 0; d < means.length; d++) {
      int feature = d;
      double[] column = Arrays.stream(features).mapToDouble(row -> row[feature]).toArray();
      double mean = Arrays.stream(column).average().orElseThrow();
      double square =
          Arrays.stream(column).map(x -> (x - mean) * (x - mean)).average().orElseThrow();
      means[d] = mean;
      deviations[d] = square > 0 ? Math.sqrt(square) : 1;
    }
    return new LinearProbe(means, deviations, Arrays.stream(labels).max().orElseThrow() + 1);
  }

  /// The likeliest label; of equals the lowest.
  public int predict(double... features) {
    if (features.length != means.length) {
      throw new IllegalArgumentException(
          "The probe was fitted on %d features, but got %d."
              .formatted(means.length, features.length));
    }
    double[] probabilities = probabilities(weights, input(features));
    int best = 0;
    for (int c = 1; c < probabilities.length; c++) {
      best = probabilities[c] > probabilities[best] ? c : best;
    }
    return best;
  }

  /// The share of items whose label it tells.
  public double accuracy(double[][] features, int[] labels) {
    check(features, labels);
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      right += predict(features[i]) == labels[i] ? 1 : 0;
    }
    return right / (double) labels.length;
  }

  /// The weights of standardised features and, last, of the constant `[classes][features + 1]`.
  double[][] weights() {
    return weights;
  }

  private void descend(
      double[][] inputs, int[] labels, double l2, Optional<EarlyStopping> stopping) {
    double curvature = norm(inputs) / 2 + l2;
    double momentum =
        (Math.sqrt(curvature) - Math.sqrt(l2)) / (Math.sqrt(curvature) + Math.sqrt(l2));
    double[][] ahead = Arrays.stream(weights).map(double[]::clone).toArray(double[][]::new);
    double steepest = Double.POSITIVE_INFINITY;
    for (int step = 0; step < MOST_STEPS && steepest > GRADIENT; step++) {
      if (stopping.isPresent() && stopping.get().now(weights)) {
        break;
      }
      double[][] gradient = gradient(ahead, inputs, labels, l2);
      steepest = 0;
      for (int c = 0; c < weights.length; c++) {
        for (int d = 0; d < weights[c].length; d++) {
          steepest = Math.max(steepest, Math.abs(gradient[c][d]));
          double stepped = ahead[c][d] - gradient[c][d] / curvature;
          ahead[c][d] = stepped + momentum * (stepped - weights[c][d]);
          weights[c][d] = stepped;
        }
      }
    }
    stopping.ifPresent(best -> best.restore(weights));
  }

  private static double loss(double[][] at, double[][] inputs, int[] labels) {
    double sum = 0;
    for (int i = 0; i < inputs.length; i++) {
      sum -= Math.log(probabilities(at, inputs[i])[labels[i]]);
    }
    return sum / inputs.length;
  }

  private static double[][] gradient(double[][] at, double[][] inputs, int[] labels, double l2) {
    double[][] gradient = new double[at.length][];
    for (int c = 0; c < at.length; c++) {
      gradient[c] = Arrays.stream(at[c]).map(weight -> l2 * weight).toArray();
    }
    for (int i = 0; i < inputs.length; i++) {
      double[] residuals = probabilities(at, inputs[i]);
      residuals[labels[i]] -= 1;
      for (int c = 0; c < at.length; c++) {
        double share = residuals[c] / inputs.length;
        for (int d = 0; d < inputs[i].length; d++) {
          gradient[c][d] += share * inputs[i][d];
        }
      }
    }
    return gradient;
  }

  private static double[] probabilities(double[][] weights, double[] input) {
    double[] logits = new double[weights.length];
    for (int c = 0; c < logits.length; c++) {
      for (int d = 0; d < input.length; d++) {
        logits[c] += weights[c][d] * input[d];
      }
    }
    double total = Logs.sum(logits);
    return Arrays.stream(logits).map(logit -> Math.exp(logit - total)).toArray();
  }

  private double[][] inputs(double[][] features) {
    return Arrays.stream(features).map(this::input).toArray(double[][]::new);
  }

  private double[] input(double[] features) {
    double[] input = Arrays.copyOf(features, features.length + 1);
    for (int d = 0; d < features.length; d++) {
      input[d] = (features[d] - means[d]) / deviations[d];
    }
    input[features.length] = 1;
    return input;
  }

  /// The Frobenius norm of `X^T X / n`, at least its largest eigenvalue.
  private static double norm(double[][] inputs) {
    int width = inputs[0].length;
    double squares = 0;
    for (int a = 0; a < width; a++) {
      double[] products = new double[width];
      for (double[] input : inputs) {
        for (int b = 0; b < width; b++) {
          products[b] += input[a] * input[b];
        }
      }
      squares += Arrays.stream(products).map(sum -> sum * sum).sum();
    }
    return Math.sqrt(squares) / inputs.length;
  }

  private static void check(double[][] features, int[] labels) {
    Given.paired("items and labels", features.length, labels.length);
    if (features.length == 0) {
      throw new IllegalArgumentException("There are no items: hand in at least one.");
    }
    for (int i = 0; i < features.length; i++) {
      boolean finite = Arrays.stream(features[i]).allMatch(Double::isFinite);
      if (features[i].length != features[0].length || labels[i] < 0 || !finite) {
        throw new IllegalArgumentException(
            "Item %d has label %d and %d features%s: expected a label from 0 and %d finite numbers."
                .formatted(
                    i,
                    labels[i],
                    features[i].length,
                    finite ? "" : ", not all finite",
                    features[0].length));
      }
    }
  }
}
