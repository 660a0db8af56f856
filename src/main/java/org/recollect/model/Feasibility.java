package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;

/// Whether some samples, whatever they are and however many, have the sums that the state of a
/// [RidgeHead] stands for, up to rounding: no eigenvalue of `R` is above `1 / gamma`, and no column
/// `w` of `W` has a part along an eigenvector with that eigenvalue.
///
/// With `B = (1 + e) / gamma I - R` the first is that `B` is positive definite, and `e w' B^-1 w`
/// is `gamma` times the square of that part, and at most `e` times the class's samples more.
///
/// @param rounding about how far `R` is from exact, as a share of `1 / gamma`
record Feasibility(double gamma, double rounding) {
  /// How far above `1 / gamma` an eigenvalue may be, as a share of it, besides ten times the
  /// estimated rounding.
  private static final double SLACK = 1e-7;

  /// The largest `gamma |w|^2` of the part of a column that no sample explains.
  private static final double STRAY = 0.01;

  /// The most slack with which columns can be tested: with more, many samples seem a stray part.
  private static final double COARSE = 1e-5;

  /// Arrays that are made here belong to the innermost scope.
  ///
  /// @param inverse R `[features][features]`, float64
  /// @param weights W `[features][classes]`, float64, of one class or more
  boolean holds(NDArray inverse, NDArray weights) {
    double e = SLACK + 10 * rounding;
    var manager = inverse.getManager();
    int features = (int) inverse.getShape().get(0);
    var bound = Memory.ofDoubles(manager, new double[] {(1 + e) / gamma});
    var b = manager.eye(features, features, 0, DataType.FLOAT64).mul(bound).sub(inverse);
    return LinearAlgebra.cholesky(b)
        .map(factor -> Ops.square(LinearAlgebra.solveLower(factor, weights)))
        .map(squares -> Memory.toDoubles(squares.sum(new int[] {0}).max())[0])
        .filter(largest -> e > COARSE || e * largest <= STRAY)
        .isPresent();
  }
}
