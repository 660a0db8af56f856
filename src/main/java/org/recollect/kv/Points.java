package org.recollect.kv;

import java.util.Arrays;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.LloydMax;
import org.recollect.kv.DenseAndSparse.Ranges;

/// The numbers of calibration texts that [KvQuant] codes, each within its range, and the points
/// that fit them. Mutable: filled text by text.
final class Points {

  private final int bits;
  private final boolean normed;
  private float[] numbers = new float[0];
  private float[] weights = new float[0];
  private int count;

  /// @param bits of a code
  /// @param normed whether points keep mean and deviation of the numbers
  Points(int bits, boolean normed) {
    this.bits = bits;
    this.normed = normed;
  }

  /// Adds what is no outlier of some vectors.
  ///
  /// @param rows the vectors, `[vectors][channels]`
  /// @param sensitivity of the loss to each number of the rows, or null where all count alike
  /// @param from the first number that counts
  /// @param ranges of the channels, or null to measure each vector
  /// @param slots for outliers of a vector
  void add(float[] rows, float[] sensitivity, int from, int channels, Ranges ranges, int slots) {
    int room = count + Math.max(0, rows.length - from);
    numbers = Arrays.copyOf(numbers, room);
    weights = Arrays.copyOf(weights, room);
    var code = new DenseAndSparse(channels, slots, null, ranges);
    for (int row = from; row < rows.length; row += channels) {
      float[] vector = Arrays.copyOfRange(rows, row, row + channels);
      boolean[] out = code.outliers(vector);
      var own = ranges == null ? code.measured(vector, out) : ranges;
      for (int c = 0; c < channels; c++) {
        float z = own.normal(vector[c], c);
        if (!out[c] && Math.abs(z) <= 1) {
          float reach = own.reaches()[c];
          numbers[count] = z;
          weights[count++] = (sensitivity == null ? 1 : sensitivity[row + c]) * reach * reach;
        }
      }
    }
  }

  CodeBook book() {
    float[] all = Arrays.copyOf(numbers, count);
    var book = LloydMax.fit(bits, all, scaled(Arrays.copyOf(weights, count)));
    return normed ? normed(book, all) : book;
  }

  /// Weights with a largest of 1: squared gradients are too small to be summed up in float.
  private static float[] scaled(float[] weights) {
    float largest = 0;
    for (float weight : weights) {
      largest = Math.max(largest, weight);
    }
    for (int i = 0; i < weights.length && largest > 0; i++) {
      weights[i] /= largest;
    }
    return weights;
  }

  /// The points moved and spread so that what is coded keeps its mean and deviation.
  private static CodeBook normed(CodeBook book, float[] numbers) {
    double[] exact = new double[2];
    double[] coded = new double[2];
    for (int i = 0; i < numbers.length; i++) {
      double point = book.number(0, book.nearest(0, numbers, i, 1), 0);
      exact[0] += numbers[i];
      exact[1] += (double) numbers[i] * numbers[i];
      coded[0] += point;
      coded[1] += point * point;
    }
    double spread =
        deviation(coded, numbers.length) == 0
            ? 1
            : deviation(exact, numbers.length) / deviation(coded, numbers.length);
    float[] points = book.points().clone();
    for (int i = 0; i < points.length; i++) {
      points[i] =
          (float) ((points[i] - coded[0] / numbers.length) * spread + exact[0] / numbers.length);
    }
    return CodeBook.of(1, book.bits(), points);
  }

  private static double deviation(double[] sums, int count) {
    double mean = sums[0] / count;
    return Math.sqrt(Math.max(0, sums[1] / count - mean * mean));
  }
}
