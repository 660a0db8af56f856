package org.recollect.kv.stream;

import java.util.Comparator;
import java.util.List;

/// Products and means of vectors of length 1.
final class Vectors {
  private Vectors() {}

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  /// The direction of the mean of tokens.
  static float[] mean(List<VisualToken> tokens) {
    float[] mean = new float[tokens.getFirst().vector().length];
    for (var token : tokens) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += token.vector()[i];
      }
    }
    return unit(mean);
  }

  /// A vector brought to length 1, in place; one of length 0 stays.
  static float[] unit(float[] vector) {
    double length = Math.sqrt(dot(vector, vector));
    for (int i = 0; i < vector.length && length > 0; i++) {
      vector[i] /= (float) length;
    }
    return vector;
  }

  /// The token nearest to the mean of several, with the mean in place of its own vector.
  static VisualToken anchor(List<VisualToken> tokens) {
    float[] mean = mean(tokens);
    return tokens.stream()
        .max(Comparator.comparingDouble(token -> dot(token.vector(), mean)))
        .orElseThrow()
        .with(mean);
  }
}
