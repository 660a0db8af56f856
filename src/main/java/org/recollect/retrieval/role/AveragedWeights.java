package org.recollect.retrieval.role;

/// The weights of an averaged perceptron (Collins, "Discriminative Training Methods for Hidden
/// Markov Models", 2002). Mutable until it is averaged.
final class AveragedWeights {
  private static final int SIZE = 1 << 18;

  private final float[] weights = new float[SIZE];
  private final double[] sums = new double[SIZE];
  private long steps = 1;

  double score(Features features) {
    double sum = 0;
    for (int i = 0; i < features.size(); i++) {
      sum += weights[features.slot(i)] * features.value(i);
    }
    return sum;
  }

  void add(Features features, double amount) {
    for (int i = 0; i < features.size(); i++) {
      float change = (float) (amount * features.value(i));
      weights[features.slot(i)] += change;
      sums[features.slot(i)] += (double) steps * change;
    }
  }

  /// An example has been seen.
  void tick() {
    steps++;
  }

  /// Takes the mean of the weights over all steps; nothing is learned after it.
  void average() {
    for (int i = 0; i < SIZE; i++) {
      weights[i] -= (float) (sums[i] / steps);
    }
  }
}
