package org.recollect.unlearning.measure;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;

/// Ends a descent when it no longer helps items that it is not fitted on, and keeps the weights
/// that did best on them. Mutable.
final class EarlyStopping {
  private static final int PATIENCE = 20;

  private final ToDoubleFunction<double[][]> loss;
  private double least = Double.POSITIVE_INFINITY;
  private double[][] best;
  private int since;

  /// @param loss of weights on the items that are watched; less is better
  EarlyStopping(ToDoubleFunction<double[][]> loss) {
    this.loss = loss;
  }

  /// To be asked before each step: whether the last 20 steps have all been of no use.
  boolean now(double[][] weights) {
    double reached = loss.applyAsDouble(weights);
    if (reached < least) {
      least = reached;
      best = Arrays.stream(weights).map(double[]::clone).toArray(double[][]::new);
      since = 0;
    } else {
      since++;
    }
    return since >= PATIENCE;
  }

  /// Sets the weights to the best that were seen.
  void restore(double[][] weights) {
    for (int row = 0; best != null && row < weights.length; row++) {
      System.arraycopy(best[row], 0, weights[row], 0, weights[row].length);
    }
  }
}
