package org.recollect.retrieval.role;

import java.util.Arrays;
import java.util.List;

/// A linear score over features that are known by name; names are hashed into a table of fixed size
/// (Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", 2009), and learned by
/// AdaGrad (Duchi et al., 2011). Mutable while it is trained.
final class HashedWeights {
  private static final int SIZE = 1 << 18;

  private final float[] weights = new float[SIZE];
  private final float[] squares = new float[SIZE];
  private final double rate;

  HashedWeights(double rate) {
    this.rate = rate;
  }

  /// Where the weight of a feature is.
  static int slot(String feature) {
    int hash = feature.hashCode() * 0x9E3779B9;
    return (hash ^ hash >>> 15) & SIZE - 1;
  }

  /// A feature of two names: the same for the same names.
  static int slot(String first, String second) {
    int hash = (first.hashCode() * 31 + 17) * 0x85EBCA6B + second.hashCode();
    hash *= 0x9E3779B9;
    return (hash ^ hash >>> 15) & SIZE - 1;
  }

  double score(Features features) {
    double sum = 0;
    for (int i = 0; i < features.size(); i++) {
      sum += weights[features.slot(i)] * features.value(i);
    }
    return sum;
  }

  /// Moves weights against the gradient of a loss in the score.
  void descend(Features features, double gradient) {
    if (gradient == 0) {
      return;
    }
    for (int i = 0; i < features.size(); i++) {
      double g = gradient * features.value(i);
      int slot = features.slot(i);
      squares[slot] += (float) (g * g);
      weights[slot] -= (float) (rate * g / (1e-6 + Math.sqrt(squares[slot])));
    }
  }

  /// The softmax over the scores of some alternatives.
  ///
  /// @return `[alternatives]`
  double[] softmax(List<Features> alternatives) {
    double[] scores = alternatives.stream().mapToDouble(this::score).toArray();
    double top = Arrays.stream(scores).max().orElse(0);
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = Math.exp(scores[i] - top);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
    return scores;
  }

  /// One step on minus the log of the probability that one of the right alternatives is taken.
  ///
  /// @param right for each alternative; at least one
  void learn(List<Features> alternatives, boolean[] right) {
    double[] taken = softmax(alternatives);
    double mass = 0;
    for (int i = 0; i < taken.length; i++) {
      mass += right[i] ? taken[i] : 0;
    }
    for (int i = 0; i < taken.length; i++) {
      double wanted = right[i] ? taken[i] / Math.max(mass, 1e-9) : 0;
      descend(alternatives.get(i), taken[i] - wanted);
    }
  }
}
