package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// The state of a [RidgeHead] and its updates, which trust their arguments. Mutable; owns its
/// arrays.
///
/// With the Cholesky factor `L L' = K^-1`, `S = L^-1 X R` and `T = L^-1 (Y - X W)` an update is no
/// more than `R ∓ S'S` and `W ± S'T`, since the new `R X'` is `S' L^-1`. So `R` stays symmetric.
final class RidgeSolution implements AutoCloseable {
  /// The most rows of one update, for which `K` is small beside `R`.
  private static final int CHUNK = 200;

  private final NDManager manager = Torch.manager();
  private final double gamma;
  private final double unit; // half the distance from 1 to the next number
  private final NDArray inverse; // R [features][features]
  private NDArray weights; // W [features][classes]
  private double rounding;

  /// Without samples and classes.
  RidgeSolution(int features, double gamma, DataType type) {
    this.gamma = gamma;
    unit = type == DataType.FLOAT64 ? 0x1p-53 : 0x1p-24;
    try (var _ = Torch.newScope()) {
      inverse = keep(diagonal(features, 1 / gamma, type));
      weights = keep(manager.zeros(new Shape(features, 0), type));
    }
  }

  /// A copy.
  RidgeSolution(RidgeSolution other) {
    gamma = other.gamma;
    unit = other.unit;
    rounding = other.rounding;
    try (var _ = Torch.newScope()) {
      inverse = keep(other.inverse.duplicate());
      weights = keep(other.weights.duplicate());
    }
  }

  /// The largest size of a weight in a column.
  double largestWeight(int column) {
    return Arrays.stream(weights()).mapToDouble(row -> Math.abs(row[column])).max().orElseThrow();
  }

  double gamma() {
    return gamma;
  }

  int features() {
    return (int) inverse.getShape().get(0);
  }

  int classes() {
    return (int) weights.getShape().get(1);
  }

  DataType type() {
    return inverse.getDataType();
  }

  long bytes() {
    return (inverse.size() + weights.size()) * type().getNumOfBytes();
  }

  /// About how far `R` is from exact, as a share of `1 / gamma`.
  double rounding() {
    return rounding;
  }

  /// W `[features][classes]`.
  double[][] weights() {
    return rows(weights);
  }

  /// R `[features][features]`.
  double[][] inverse() {
    return rows(inverse);
  }

  /// The products X W `[rows][classes]`.
  double[][] logits(double[][] rows) {
    try (var _ = Torch.newScope()) {
      return rows(Ops.matmul(array(rows, features()), weights));
    }
  }

  /// Appends columns of zeros.
  void widen(int columns) {
    try (var _ = Torch.newScope()) {
      var zeros = manager.zeros(new Shape(features(), columns), type());
      replaceWeights(NDArrays.concat(new NDList(weights, zeros), 1));
    }
  }

  /// Leaves a column out.
  void remove(int column) {
    try (var _ = Torch.newScope()) {
      var others = IntStream.range(0, classes()).filter(c -> c != column).toArray();
      replaceWeights(Ops.matmul(weights, oneHot(others).transpose()));
    }
  }

  /// Adds samples or takes them away, a chunk at a time.
  ///
  /// @param columns of the samples' classes
  /// @return whether every `K^-1` is finite and positive definite; otherwise the chunks before the
  ///   first that is not are done
  boolean update(double[][] rows, int[] columns, boolean adding) {
    for (int start = 0; start < rows.length; start += CHUNK) {
      int end = Math.min(start + CHUNK, rows.length);
      var chunk = Arrays.copyOfRange(rows, start, end);
      if (!step(chunk, Arrays.copyOfRange(columns, start, end), adding)) {
        return false;
      }
    }
    return true;
  }

  private boolean step(double[][] rows, int[] columns, boolean adding) {
    try (var _ = Torch.newScope()) {
      var x = array(rows, features());
      var product = Ops.matmul(x, inverse);
      var overlap = Ops.matmul(product, x.transpose());
      var identity = diagonal(rows.length, 1, type());
      var factor = LinearAlgebra.cholesky(adding ? identity.add(overlap) : identity.sub(overlap));
      if (factor.isEmpty() || !Double.isFinite(greatest(factor.get()))) {
        return false;
      }
      var residual = oneHot(columns).sub(Ops.matmul(x, weights));
      var sides = NDArrays.concat(new NDList(product, residual), 1);
      var solved = LinearAlgebra.solveLower(factor.get(), sides);
      var s = solved.get(":, :" + features()).transpose();
      var t = solved.get(":, " + features() + ":");
      if (adding) {
        inverse.subi(Ops.matmul(s, s.transpose()));
        weights.addi(Ops.matmul(s, t));
      } else {
        inverse.addi(Ops.matmul(s, s.transpose()));
        weights.subi(Ops.matmul(s, t));
      }
      double pivot = -greatest(LinearAlgebra.einsum("ii->i", factor.get()).neg());
      rounding += unit / Math.pow(adding ? 1 : pivot, 4);
      return true;
    }
  }

  /// Takes a class's sums away and inverts anew.
  ///
  /// @return whether the rest is positive definite; otherwise the state is as it was
  boolean subtract(ClassSums sums, int column) {
    try (var _ = Torch.newScope()) {
      var precision = inverted(inverse); // X'X + gamma I
      var gram = array(sums.gram(), features());
      var left = precision.flatMap(full -> inverted(full.sub(gram)));
      left.ifPresent(inverted -> {
        var sum = array(new double[][] {sums.sum()}, features()).transpose();
        var target = Ops.matmul(precision.get(), weights).sub(Ops.matmul(sum, oneHot(column)));
        weights.muli(0).addi(Ops.matmul(inverted, target));
        inverse.muli(0).addi(inverted);
        double condition = greatest(LinearAlgebra.einsum("ii->i", precision.get())) / gamma;
        rounding += unit * condition * condition;
      });
      return left.isPresent();
    }
  }

  /// Whether some samples have these sums, up to rounding.
  boolean isOfSamples() {
    try (var _ = Torch.newScope()) {
      return new Feasibility(gamma, rounding).holds(inverse, weights);
    }
  }

  private Optional<NDArray> inverted(NDArray symmetric) {
    return LinearAlgebra.cholesky(symmetric)
        .map(factor -> LinearAlgebra.solveLower(factor, diagonal(features(), 1, type())))
        .map(s -> Ops.matmul(s.transpose(), s));
  }

  private NDArray oneHot(int... columns) {
    var rows = new double[columns.length][classes()];
    for (int i = 0; i < columns.length; i++) {
      rows[i][columns[i]] = 1;
    }
    return array(rows, classes());
  }

  private NDArray array(double[][] rows, int columns) {
    return Memory.ofRows(manager, rows, columns).toType(type(), false);
  }

  private NDArray diagonal(int size, double value, DataType type) {
    var number = Memory.ofDoubles(manager, new double[] {value}).toType(type, false);
    return manager.eye(size, size, 0, type).mul(number);
  }

  private static double[][] rows(NDArray matrix) {
    try (var _ = Torch.newScope()) {
      return Memory.toRows(matrix.toType(DataType.FLOAT64, false));
    }
  }

  private static double greatest(NDArray numbers) {
    return Memory.toDoubles(numbers.max().toType(DataType.FLOAT64, false))[0];
  }

  private void replaceWeights(NDArray replacement) {
    weights.close();
    weights = keep(replacement);
  }

  private NDArray keep(NDArray array) {
    array.attach(manager);
    NDScope.unregister(array);
    return array;
  }

  @Override
  public void close() {
    manager.close();
  }
}
