package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.function.DoubleBinaryOperator;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// All that a [RidgeHead] knows of one class's samples: enough to take them out when they
/// themselves are gone. One number for each pair of features, so a class costs as much memory as
/// the head's `R`.
///
/// @param label of the class
/// @param samples how many they are
/// @param gram `X_c' X_c` `[features][features]`
/// @param sum `X_c' 1`, of each feature `[features]`
public record ClassSums(int label, int samples, double[][] gram, double[] sum) {

  public ClassSums {
    boolean square = gram.length == sum.length;
    for (double[] row : gram) {
      square &= row.length == sum.length;
    }
    if (samples < 0) {
      throw new IllegalArgumentException(
          "More samples of class %d would be taken away than there are: hand in each once."
              .formatted(label));
    }
    if (!square || sum.length == 0) {
      throw new IllegalArgumentException(
          "The sums of class %d are of %d features and %d rows of their products: expected [features] and [features][features]."
              .formatted(label, sum.length, gram.length));
    }
  }

  /// The sums of one or more samples.
  ///
  /// @param rows `[samples][features]`
  public static ClassSums of(int label, double[][] rows) {
    if (rows.length == 0) {
      throw new IllegalArgumentException(
          "Class %d was given no samples: hand in one or more.".formatted(label));
    }
    Features.check(rows, rows[0].length);
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      NDArray x = Memory.ofRows(manager, rows, rows[0].length);
      var sum = Memory.toDoubles(x.sum(new int[] {0}));
      return new ClassSums(label, rows.length, Memory.toRows(Ops.matmul(x.transpose(), x)), sum);
    }
  }

  /// The sums of these samples and others of the class.
  public ClassSums plus(ClassSums others) {
    return with(others, samples + others.samples, Double::sum);
  }

  /// The sums of these samples without some of them.
  public ClassSums minus(ClassSums some) {
    return with(some, samples - some.samples, (all, part) -> all - part);
  }

  private ClassSums with(ClassSums other, int count, DoubleBinaryOperator operator) {
    if (other.label != label || other.sum.length != sum.length) {
      throw new IllegalArgumentException(
          "The sums are of class %d and of %d, of %d and %d features: expected one class and as many features."
              .formatted(label, other.label, sum.length, other.sum.length));
    }
    var products = new double[sum.length][];
    for (int i = 0; i < sum.length; i++) {
      products[i] = with(gram[i], other.gram[i], operator);
    }
    return new ClassSums(label, count, products, with(sum, other.sum, operator));
  }

  private static double[] with(double[] a, double[] b, DoubleBinaryOperator operator) {
    var result = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      result[i] = operator.applyAsDouble(a[i], b[i]);
    }
    return result;
  }
}
