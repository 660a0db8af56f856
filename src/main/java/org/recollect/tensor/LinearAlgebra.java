package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Decompositions and contractions, each differentiable and each one line of TorchScript.
///
/// Matrices are the last two dimensions of an array, whatever leads them is a batch. Where a
/// platform's LibTorch comes without LAPACK, [DoubleAlgebra] computes the same in plain Java,
/// without gradients.
public final class LinearAlgebra {
  /// Bound while the calling thread must use [DoubleAlgebra], so that a test can compare the two.
  static final ScopedValue<Boolean> IN_JAVA = ScopedValue.newInstance();

  private static final Pattern EQUATION = Pattern.compile("[a-zA-Z]*(,[a-zA-Z]*)*->[a-zA-Z]*");
  private static final boolean LAPACK = hasLapack();

  private LinearAlgebra() {}

  /// A singular value decomposition a = u · diag(s) · vt with orthonormal columns of u
  /// `[...][m][k]`, singular values s `[...][k]` from large to small, and orthonormal rows of vt
  /// `[...][k][n]`, where k = min(m, n).
  public record Svd(NDArray u, NDArray s, NDArray vt) {}

  /// A decomposition a = q · r with orthonormal columns of q `[...][m][k]` and an upper triangle r
  /// `[...][k][n]`, where k = min(m, n).
  public record Qr(NDArray q, NDArray r) {}

  /// The eigenvalues `[...][n]` of a symmetric matrix from small to large, and its orthonormal
  /// eigenvectors, the columns of vectors `[...][n][n]`.
  public record Eigen(NDArray values, NDArray vectors) {}

  /// The singular value decomposition of a `[...][m][n]`.
  public static Svd svd(NDArray a) {
    expectMatrices(a);
    var parts = lapack() ? evaluate("torch.linalg_svd(x0, False)", 3, a) : DoubleAlgebra.svd(a);
    return new Svd(parts.get(0), parts.get(1), parts.get(2));
  }

  /// The QR decomposition of a `[...][m][n]`.
  public static Qr qr(NDArray a) {
    expectMatrices(a);
    var parts = lapack() ? evaluate("torch.linalg_qr(x0)", 2, a) : DoubleAlgebra.qr(a);
    return new Qr(parts.get(0), parts.get(1));
  }

  /// The eigenvalues and eigenvectors of a symmetric a `[...][n][n]`, of which only the lower
  /// triangle is read.
  public static Eigen eigh(NDArray a) {
    expectSquare(a);
    var parts = lapack() ? evaluate("torch.linalg_eigh(x0)", 2, a) : DoubleAlgebra.eigh(a);
    return new Eigen(parts.get(0), parts.get(1));
  }

  /// The lower triangle l `[...][n][n]` of a Cholesky decomposition a = l · lᵀ of a symmetric a, of
  /// which only the lower triangle is read; nothing where a is not positive definite.
  public static Optional<NDArray> cholesky(NDArray a) {
    expectSquare(a);
    if (!lapack()) {
      return DoubleAlgebra.cholesky(a);
    }
    var parts = evaluate("torch.linalg_cholesky_ex(x0)", 2, a);
    try (var minors = parts.get(1)) { // the order of the first that is not positive, or 0
      boolean positive = Arrays.stream(minors.toIntArray()).allMatch(order -> order == 0);
      return positive ? Optional.of(parts.get(0)) : Optional.empty();
    }
  }

  /// The solution x `[...][n][k]` of l · x = b, of a lower triangle l `[...][n][n]` without zeros
  /// on its diagonal and b `[...][n][k]`.
  public static NDArray solveLower(NDArray l, NDArray b) {
    expectSquare(l);
    expectMatrices(b);
    return lapack()
        ? evaluate("torch.linalg_solve_triangular(x0, x1, upper=False)", 1, l, b).getFirst()
        : DoubleAlgebra.solve(l, b);
  }

  /// The solution x `[...][n][k]` of a · x = b, of a `[...][n][n]` and b `[...][n][k]`.
  ///
  /// @throws IllegalArgumentException when a is singular
  public static NDArray solve(NDArray a, NDArray b) {
    expectSquare(a);
    expectMatrices(b);
    return lapack()
        ? evaluate("torch.linalg_solve(x0, x1)", 1, a, b).getFirst()
        : DoubleAlgebra.solve(a, b);
  }

  /// The sum of products that an equation names, such as `"bhqd,bhkd->bhqk"`: a letter for each
  /// dimension of each operand, then those of the result; letters that are not in the result are
  /// summed over.
  public static NDArray einsum(String equation, NDArray... operands) {
    if (!EQUATION.matcher(equation).matches()) {
      throw new IllegalArgumentException(
          "The equation is \"%s\", expected a letter for each dimension such as \"ij,jk->ik\"."
              .formatted(equation));
    }
    int named = equation.split("->", -1)[0].split(",", -1).length;
    if (named != operands.length) {
      throw new IllegalArgumentException(
          "The equation %s is of %d arrays, but %d were given."
              .formatted(equation, named, operands.length));
    }
    if (!lapack()) {
      return DoubleAlgebra.einsum(equation, operands);
    }
    var names = IntStream.range(0, named).mapToObj(i -> "x" + i).collect(Collectors.joining(", "));
    var expression = "torch.einsum(\"%s\", [%s])".formatted(equation, names);
    return evaluate(expression, 1, operands).getFirst();
  }

  private static List<NDArray> evaluate(String expression, int results, NDArray... arrays) {
    return Script.evaluate(expression, results, List.of(arrays));
  }

  private static boolean lapack() {
    return LAPACK && !IN_JAVA.isBound();
  }

  private static boolean hasLapack() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      evaluate("torch.linalg_svd(x0, False)", 3, manager.eye(2));
      return true;
    } catch (IllegalArgumentException | UnsatisfiedLinkError absent) {
      return false;
    }
  }

  private static void expectMatrices(NDArray a) {
    if (a.getShape().dimension() < 2) {
      throw new IllegalArgumentException(
          "The array is %s, expected a matrix in its last two dimensions.".formatted(a.getShape()));
    }
  }

  private static void expectSquare(NDArray a) {
    expectMatrices(a);
    int last = a.getShape().dimension() - 1;
    if (a.getShape().get(last) != a.getShape().get(last - 1)) {
      throw new IllegalArgumentException(
          "The array is %s, expected square matrices.".formatted(a.getShape()));
    }
  }
}
