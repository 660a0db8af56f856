package org.recollect.kv;

import java.lang.foreign.Arena;
import java.util.Random;
import org.recollect.kernel.Basis;
import org.recollect.kernel.Page;
import org.recollect.kernel.PageFormat;

/// What a format in a basis does to vectors, by way of a page.
final class VectorErrors {

  private VectorErrors() {}

  /// A mean and how uncertain it is.
  ///
  /// @param error standard error of the mean
  record Mean(double value, double error) {

    static Mean of(double[] samples) {
      double sum = 0;
      double squares = 0;
      for (double x : samples) {
        sum += x;
        squares += x * x;
      }
      double mean = sum / samples.length;
      double variance = Math.max(0, squares / samples.length - mean * mean);
      return new Mean(mean, Math.sqrt(variance / (samples.length - 1)));
    }
  }

  /// `|x - x'|^2 / |x|^2` of the vectors `[vectors][channels]`.
  static Mean of(float[] vectors, int channels, Basis basis, PageFormat format) {
    float[] rebuilt = rebuilt(vectors, channels, basis, format);
    double[] errors = new double[vectors.length / channels];
    for (int i = 0; i < errors.length; i++) {
      double error = 0;
      double power = 0;
      for (int c = i * channels; c < (i + 1) * channels; c++) {
        error += (vectors[c] - rebuilt[c]) * (double) (vectors[c] - rebuilt[c]);
        power += (double) vectors[c] * vectors[c];
      }
      errors[i] = error / power;
    }
    return Mean.of(errors);
  }

  /// The vectors as a page of keys gives them back, outside of the basis.
  static float[] rebuilt(float[] vectors, int channels, Basis basis, PageFormat format) {
    float[] rows = vectors.clone();
    int count = rows.length / channels;
    for (int i = 0; i < rows.length; i += channels) {
      basis.apply(rows, i, channels);
    }
    try (var arena = Arena.ofConfined()) {
      var page = Page.keys(arena, format, 1, channels, count);
      page.write(0, rows, 0, count);
      for (int i = 0; i < count; i++) {
        page.read(i, rows, i * channels);
        basis.undo(rows, i * channels, channels);
      }
    }
    return rows;
  }

  /// Vectors with channels of very different size, far from normal before they are rotated.
  static float[] skewed(Random random, int count, int channels) {
    float[] vectors = Texts.gaussian(random, count * channels);
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] *= (float) Math.exp(1.5 * Math.sin(0.7 * (i % channels)));
    }
    return vectors;
  }
}
