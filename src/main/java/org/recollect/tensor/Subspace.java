package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;

/// Some directions of a space of n dimensions, such as those that inputs of a layer or the weights
/// of earlier tasks take up, as an orthonormal basis `U` `[n][k]`. There may be none.
///
/// With `P = U Uᵀ`, learning that must leave the directions alone removes `P x` from what it would
/// change by. Projections are differentiable in x. Immutable; owns its basis.
///
/// ```java
/// try (var inputs = Subspace.ofEnergy(activations, 0.95)) { // [in][samples]
///   var harmless = inputs.removeRows(gradient);             // [out][in]
/// }
/// ```
public final class Subspace implements AutoCloseable {
  private static final double ORTHONORMAL = 1e-5;

  /// Singular values below this share of the matrix's norm are rounding.
  private static final double NOISE = 1e-5;

  private final NDManager manager;
  private final NDArray basis;

  private Subspace(NDArray basis) {
    this.manager = Torch.manager();
    this.basis = basis;
    basis.attach(manager);
    NDScope.unregister(basis);
  }

  /// No direction yet.
  public static Subspace empty(long dimension) {
    try (var manager = Torch.manager()) {
      return new Subspace(manager.zeros(new Shape(dimension, 0)));
    }
  }

  /// What given orthonormal columns `[n][k]` span, float32; they are copied.
  ///
  /// @throws IllegalArgumentException when their products differ from 0 and 1 by more than 1e-5
  public static Subspace of(NDArray basis) {
    expectMatrix(basis);
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      double error = deviation(basis);
      if (!(error <= ORTHONORMAL)) {
        throw new IllegalArgumentException(
            "The columns %s are not orthonormal (off by %.1e): take Subspace.ofRank."
                .formatted(basis.getShape(), error));
      }
      return new Subspace(basis.duplicate());
    }
  }

  /// The leading left singular vectors of a matrix `[n][m]`.
  ///
  /// @param rank how many, 0 to min(n, m)
  public static Subspace ofRank(NDArray matrix, long rank) {
    expectMatrix(matrix);
    long most = Math.min(matrix.getShape().get(0), matrix.getShape().get(1));
    if (rank < 0 || rank > most) {
      throw new IllegalArgumentException(
          "%d directions of a matrix %s were asked for, expected 0 to %d."
              .formatted(rank, matrix.getShape(), most));
    }
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      return new Subspace(LinearAlgebra.svd(matrix).u().get(":, :" + rank).duplicate());
    }
  }

  /// The fewest leading left singular vectors of a matrix `[n][m]` that keep a share of its energy,
  /// the sum of its squared singular values (Saha et al., 2021, equation 5). (The authors' code
  /// takes one fewer.)
  ///
  /// @param energy 0 to 1; 1 keeps all that is above rounding
  public static Subspace ofEnergy(NDArray matrix, double energy) {
    expectMatrix(matrix);
    try (var none = empty(matrix.getShape().get(0))) {
      return none.grow(matrix, energy);
    }
  }

  /// These directions, and the fewest more with which a share of the energy of a matrix R is kept
  /// (Saha et al., "Gradient Projection Memory for Continual Learning", 2021, arXiv:2103.09762,
  /// equations 8 and 9): the first j left singular vectors of the residual `R̂ = R - P R`, with the
  /// least j so that
  ///
  /// `|P R|² + |R̂_j|² >= energy |R|²`.
  ///
  /// Singular values below 1e-5 |R| are rounding and add nothing.
  ///
  /// @param matrix `[n][m]`, such as the inputs of a layer, one in each column, or their covariance
  /// @param energy 0 to 1
  public Subspace grow(NDArray matrix, double energy) {
    expectRows(matrix);
    if (!(energy >= 0 && energy <= 1)) {
      throw new IllegalArgumentException(
          "The share of the energy to keep is %s, expected 0 to 1, such as 0.95."
              .formatted(energy));
    }
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      var residual = LinearAlgebra.svd(remove(matrix));
      int more = missing(Memory.toFloats(residual.s()), square(matrix), energy);
      if (more == 0) {
        return new Subspace(basis.duplicate());
      }
      var directions = residual.u().get(":, :" + more);
      // Those of small values are orthogonal to the basis only up to their rounding.
      var orthogonal = LinearAlgebra.qr(remove(directions)).q();
      return new Subspace(NDArrays.concat(new NDList(basis, orthogonal), 1));
    }
  }

  private int missing(float[] singularValues, double total, double energy) {
    double residual = 0;
    for (float value : singularValues) {
      residual += (double) value * value;
    }
    double kept = total - residual;
    long room = Math.min(dimension() - rank(), singularValues.length);
    int more = 0;
    while (more < room
        && kept < energy * total
        && singularValues[more] > NOISE * Math.sqrt(total)) {
      kept += (double) singularValues[more] * singularValues[more];
      more++;
    }
    return more;
  }

  /// All directions that are orthogonal to these.
  public Subspace complement() {
    try (var _ = Torch.newScope()) {
      return ofRank(remove(manager.eye(Math.toIntExact(dimension()))), dimension() - rank());
    }
  }

  /// The dimensions n of the space.
  public long dimension() {
    return basis.getShape().get(0);
  }

  /// The number k of directions.
  public long rank() {
    return basis.getShape().get(1);
  }

  /// The orthonormal basis `U` `[n][k]`, which closes with this.
  public NDArray basis() {
    return basis;
  }

  /// The part `P x` of the columns of x `[n][m]`, or of one vector `[n]`, that lies in this.
  public NDArray project(NDArray x) {
    expectRows(x);
    return Ops.matmul(basis, Ops.matmul(basis.transpose(), x));
  }

  /// The part `x - P x` of the columns of x `[n][m]`, or of one vector `[n]`, that is orthogonal to
  /// this.
  public NDArray remove(NDArray x) {
    return x.sub(project(x));
  }

  /// The part `x P` of the rows of x `[...][n]` that lies in this.
  public NDArray projectRows(NDArray x) {
    if (x.getShape().getLastDimension() != dimension()) {
      throw new IllegalArgumentException(
          "The rows of %s are projected in a space of %d dimensions: expected [...][%2$d]."
              .formatted(x.getShape(), dimension()));
    }
    return Ops.matmul(Ops.matmul(x, basis), basis.transpose());
  }

  /// The part `x - x P` of the rows of x `[...][n]` that is orthogonal to this.
  public NDArray removeRows(NDArray x) {
    return x.sub(projectRows(x));
  }

  /// How much of a displacement `[n][m]` lies in this, `|P d| / |d|`: from 0, where the directions
  /// were left alone, to 1. No displacement leaks 0.
  public double leak(NDArray displacement) {
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      double all = square(displacement);
      return all == 0 ? 0 : Math.sqrt(square(project(displacement)) / all);
    }
  }

  /// How much two subspaces share, `|Uᵀ V|² / min(k, l)`: the mean squared cosine of their
  /// principal angles, from 0, where all directions are orthogonal, to 1, where one contains the
  /// other. An empty one shares 0.
  public double overlap(Subspace other) {
    expectRows(other.basis);
    if (rank() == 0 || other.rank() == 0) {
      return 0;
    }
    try (var _ = Torch.newScope()) {
      return square(Ops.matmul(basis.transpose(), other.basis)) / Math.min(rank(), other.rank());
    }
  }

  @Override
  public void close() {
    manager.close();
  }

  /// By how much the inner products of columns differ from 0 and 1 at most.
  static double deviation(NDArray columns) {
    long k = columns.getShape().get(1);
    if (k == 0) {
      return 0;
    }
    try (var _ = Torch.newScope()) {
      var products = Ops.matmul(columns.transpose(), columns);
      var identity = columns.getManager().eye(Math.toIntExact(k));
      return products.sub(identity).abs().max().getFloat();
    }
  }

  private static double square(NDArray x) {
    float[] values = Memory.toFloats(x);
    return InnerProduct.of(values, values);
  }

  private static void expectMatrix(NDArray matrix) {
    if (matrix.getShape().dimension() != 2) {
      throw new IllegalArgumentException(
          "The array is %s, expected a matrix [n][m].".formatted(matrix.getShape()));
    }
  }

  private void expectRows(NDArray x) {
    if (x.getShape().dimension() > 2
        || x.getShape().dimension() == 0
        || x.getShape().get(0) != dimension()) {
      throw new IllegalArgumentException(
          "An array %s is projected in a space of %d dimensions: expected [%2$d][m]."
              .formatted(x.getShape(), dimension()));
    }
  }
}
