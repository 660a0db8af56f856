package org.recollect.continual.subspace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Subspace;
import org.recollect.tensor.Torch;

/// Which directions of a matrix `W = U S Vᵀ` `[out][in]` are held: as many output directions, from
/// `U`, as input directions, from `V`.
public enum SingularDirections {
  /// Those of the largest singular values.
  TOP(""),

  /// Those of the smallest, of as many as the thin decomposition has: a control.
  BOTTOM(", bottom"),

  /// Any, on both sides: a control.
  RANDOM(", random");

  private final String suffix;

  SingularDirections(String suffix) {
    this.suffix = suffix;
  }

  /// What a strategy's name ends with.
  String suffix() {
    return suffix;
  }

  /// Directions of both sides.
  ///
  /// @param left in `[out]` dimensions
  /// @param right in `[in]` dimensions
  record Pair(Subspace left, Subspace right) implements AutoCloseable {

    @Override
    public void close() {
      left.close();
      right.close();
    }
  }

  /// Those of a matrix.
  ///
  /// @param count 1 to min(out, in)
  /// @param random seeds the random ones
  Pair of(NDArray matrix, int count, RandomStream random) {
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      if (this == RANDOM) {
        var shape = matrix.getShape();
        var manager = matrix.getManager();
        var left = random.split("left").gaussian(manager, new Shape(shape.get(0), count), 1);
        var right = random.split("right").gaussian(manager, new Shape(shape.get(1), count), 1);
        return new Pair(Subspace.ofRank(left, count), Subspace.ofRank(right, count));
      }
      var svd = LinearAlgebra.svd(matrix);
      long all = svd.s().size();
      String from = this == TOP ? "0:" + count : (all - count) + ":" + all;
      return new Pair(
          Subspace.of(svd.u().get(":, " + from)),
          Subspace.of(svd.vt().get(from + ", :").transpose()));
    }
  }
}
