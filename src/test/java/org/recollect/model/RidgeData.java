package org.recollect.model;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.CholeskyDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.recollect.tensor.RandomStream;

/// Samples of classes that lean into directions of their own, cut at 0 as by a ReLU.
///
/// @param rows `[samples][features]`
/// @param labels `[samples]`
record RidgeData(double[][] rows, int[] labels) {

  static RidgeData draw(long seed, int samples, int features, int classes) {
    var random = RandomStream.of(seed, "ridge data", samples, features);
    var rows = new double[samples][features];
    var labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = i < classes ? i : random.nextInt(classes);
      for (int d = 0; d < features; d++) {
        double lean = d % classes == labels[i] ? 0.5 : 0;
        rows[i][d] = Math.max(0, random.nextGaussian() + lean);
      }
    }
    return new RidgeData(rows, labels);
  }

  RidgeData where(IntPredicate chosen) {
    return at(IntStream.range(0, labels.length).filter(chosen).toArray());
  }

  RidgeData at(int... indices) {
    return new RidgeData(
        IntStream.of(indices).mapToObj(i -> rows[i]).toArray(double[][]::new),
        IntStream.of(indices).map(i -> labels[i]).toArray());
  }

  /// The solution of the normal equations `(X'X + gamma I) W = X'Y`, by another library.
  double[][] fit(double gamma, List<Integer> classes) {
    var x = new Array2DRowRealMatrix(rows, false);
    var y = new Array2DRowRealMatrix(rows.length, classes.size());
    for (int i = 0; i < labels.length; i++) {
      y.setEntry(i, classes.indexOf(labels[i]), 1);
    }
    var shrunk = MatrixUtils.createRealIdentityMatrix(rows[0].length).scalarMultiply(gamma);
    var normal = x.transpose().multiply(x).add(shrunk);
    return new CholeskyDecomposition(normal).getSolver().solve(x.transpose().multiply(y)).getData();
  }

  /// The largest difference of two numbers in the same place.
  static double distance(double[][] a, double[][] b) {
    return largest(new Array2DRowRealMatrix(a).subtract(new Array2DRowRealMatrix(b)).getData());
  }

  static double largest(double[][] matrix) {
    double largest = 0;
    for (double[] row : matrix) {
      for (double value : row) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    return largest;
  }
}
