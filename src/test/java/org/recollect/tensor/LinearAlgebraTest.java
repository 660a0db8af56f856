package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The properties that define each decomposition, by LAPACK and by plain Java; their agreement; and
/// the gradients of what does not depend on signs, against central differences in float64.
class LinearAlgebraTest {
  private NDManager manager;

  @BeforeEach
  void open() {
    manager = Torch.manager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  static Stream<Arguments> shapesAndWays() {
    return Stream.of(
            new Shape(1, 1),
            new Shape(5, 3),
            new Shape(3, 7),
            new Shape(16, 16),
            new Shape(2, 3, 4, 3),
            new Shape(1, 6, 1))
        .flatMap(shape -> Stream.of(Arguments.of(shape, false), Arguments.of(shape, true)));
  }

  @ParameterizedTest(name = "{0}, in Java: {1}")
  @MethodSource("shapesAndWays")
  void svdRebuildsItsMatrixFromOrthonormalFactors(Shape shape, boolean inJava) {
    var a = random(shape);
    var svd = way(inJava, () -> LinearAlgebra.svd(a));
    assertClose(a, Ops.matmul(svd.u().mul(svd.s().expandDims(-2)), svd.vt()));
    assertOrthonormalColumns(svd.u());
    assertOrthonormalColumns(transpose(svd.vt()));
    var fallingSteps = svd.s().get("..., 1:").sub(svd.s().get("..., :-1"));
    assertTrue(fallingSteps.size() == 0 || fallingSteps.max().getFloat() <= 0, "order");
    assertClose(way(!inJava, () -> LinearAlgebra.svd(a)).s(), svd.s());
  }

  @ParameterizedTest(name = "{0}, in Java: {1}")
  @MethodSource("shapesAndWays")
  void qrRebuildsItsMatrixFromOrthonormalColumnsAndATriangle(Shape shape, boolean inJava) {
    var a = random(shape);
    var qr = way(inJava, () -> LinearAlgebra.qr(a));
    assertClose(a, Ops.matmul(qr.q(), qr.r()));
    assertOrthonormalColumns(qr.q());
    var r = qr.r().reshape(-1, lastBut(qr.r(), 1), lastBut(qr.r(), 0));
    for (long row = 1; row < r.getShape().get(1); row++) {
      for (long column = 0; column < Math.min(row, r.getShape().get(2)); column++) {
        assertEquals(0, r.get(":, " + row + ", " + column).abs().max().getFloat());
      }
    }
    assertClose(way(!inJava, () -> LinearAlgebra.qr(a)).r().abs(), qr.r().abs());
  }

  @ParameterizedTest(name = "{0}, in Java: {1}")
  @MethodSource("shapesAndWays")
  void eighDiagonalisesAndReadsTheLowerTriangle(Shape shape, boolean inJava) {
    var factor = random(shape);
    var symmetric = Ops.matmul(factor, transpose(factor));
    long n = lastBut(symmetric, 0);
    var upperTriangle = manager.ones(new Shape(n, n)).sub(lowerTriangle((int) n));
    var a = symmetric.add(upperTriangle);
    var eigen = way(inJava, () -> LinearAlgebra.eigh(a));
    assertClose(
        Ops.matmul(symmetric, eigen.vectors()), eigen.vectors().mul(eigen.values().expandDims(-2)));
    assertOrthonormalColumns(eigen.vectors());
    var risingSteps = eigen.values().get("..., 1:").sub(eigen.values().get("..., :-1"));
    assertTrue(risingSteps.size() == 0 || risingSteps.min().getFloat() >= 0, "order");
    assertClose(way(!inJava, () -> LinearAlgebra.eigh(a)).values(), eigen.values());
  }

  @ParameterizedTest(name = "in Java: {0}")
  @ValueSource(booleans = {false, true})
  void solveInvertsTheProduct(boolean inJava) {
    var a = random(new Shape(3, 5, 5)).add(Ops.scale(manager.eye(5), 4));
    var x = random(new Shape(3, 5, 2));
    assertClose(x, way(inJava, () -> LinearAlgebra.solve(a, Ops.matmul(a, x))));
    var singular = manager.ones(new Shape(2, 2));
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> way(inJava, () -> LinearAlgebra.solve(singular, manager.eye(2))));
    assertTrue(refusal.getMessage().contains("singular"), refusal.getMessage());
  }

  @ParameterizedTest(name = "{0}, in Java: {1}")
  @MethodSource("shapesAndWays")
  void choleskyFactorsWhatIsPositiveDefinite(Shape shape, boolean inJava) {
    var factor = random(shape);
    int n = (int) lastBut(factor, 1);
    var a = Ops.matmul(factor, transpose(factor)).add(manager.eye(n));
    var upperTriangle = manager.ones(new Shape(n, n)).sub(lowerTriangle(n));
    var l = way(inJava, () -> LinearAlgebra.cholesky(a.add(upperTriangle))).orElseThrow();
    assertClose(a, Ops.matmul(l, transpose(l)));
    assertClose(l.mul(lowerTriangle(n)), l);
    assertClose(factor, way(inJava, () -> LinearAlgebra.solveLower(l, Ops.matmul(l, factor))));
    var indefinite = a.sub(Ops.scale(manager.eye(n), 100));
    assertTrue(way(inJava, () -> LinearAlgebra.cholesky(indefinite)).isEmpty());
  }

  @ParameterizedTest(name = "in Java: {0}")
  @ValueSource(booleans = {false, true})
  void doublesKeepTheirDigits(boolean inJava) {
    // The determinant of this matrix is 1e-10: in float32 it is singular.
    var a = Memory.ofRows(manager, new double[][] {{1, 1}, {1, 1 + 1e-10}}, 2);
    var l = way(inJava, () -> LinearAlgebra.cholesky(a)).orElseThrow();
    assertArrayEquals(new double[] {1, 0, 1, 1e-5}, Memory.toDoubles(l), 1e-11);
    var b = Memory.ofRows(manager, new double[][] {{2}, {2 + 1e-10}}, 1);
    var x = way(inJava, () -> LinearAlgebra.solve(a, b));
    assertArrayEquals(new double[] {1, 1}, Memory.toDoubles(x), 1e-5);
    var product = way(inJava, () -> LinearAlgebra.einsum("ij,jk->ik", a, x));
    assertArrayEquals(Memory.toDoubles(b), Memory.toDoubles(product), 1e-15);
  }

  @ParameterizedTest(name = "in Java: {0}")
  @ValueSource(booleans = {false, true})
  void einsumIsTheSumOfProducts(boolean inJava) {
    var a = random(new Shape(2, 3, 4));
    var b = random(new Shape(4, 3));
    var v = random(new Shape(3));
    assertClose(Ops.matmul(a, b), way(inJava, () -> LinearAlgebra.einsum("bij,jk->bik", a, b)));
    assertClose(
        Ops.matmul(v.mul(a.get(0).transpose()), v.expandDims(1)).flatten(),
        way(inJava, () -> LinearAlgebra.einsum("ij,i,i->j", a.get(0), v, v)));
    assertClose(a.sum(), way(inJava, () -> LinearAlgebra.einsum("abc->", a)));
    assertClose(b.transpose(), way(inJava, () -> LinearAlgebra.einsum("ij->ji", b)));
    assertThrows(
        IllegalArgumentException.class,
        () -> way(inJava, () -> LinearAlgebra.einsum("ij,jk->ik", b, b)));
    assertThrows(
        IllegalArgumentException.class, () -> way(inJava, () -> LinearAlgebra.einsum("ij->ik", b)));
    assertThrows(
        IllegalArgumentException.class, () -> way(inJava, () -> LinearAlgebra.einsum("ij->i", v)));
  }

  @Test
  void gradientsAgreeWithCentralDifferences() {
    var random = RandomStream.of(11, "gradients");
    var weights = manager.create(random.doubles(64).toArray());
    var rectangle = new Shape(4, 3);
    var square = new Shape(3, 3);
    assertGradient(rectangle, a -> weighted(weights, LinearAlgebra.svd(a).s()));
    assertGradient(
        rectangle,
        a -> {
          var u = LinearAlgebra.svd(a).u().get(":, :1");
          return weighted(weights, Ops.matmul(u, u.transpose()));
        });
    assertGradient(rectangle, a -> weighted(weights, Ops.square(LinearAlgebra.qr(a).r())));
    assertGradient(
        square, a -> weighted(weights, LinearAlgebra.eigh(a.add(a.transpose())).values()));
    assertGradient(square, a -> weighted(weights, LinearAlgebra.solve(a, a.transpose())));
    assertGradient(
        rectangle,
        a -> {
          var l = LinearAlgebra.cholesky(Ops.matmul(a.transpose(), a)).orElseThrow();
          return weighted(weights, LinearAlgebra.solveLower(l, a.transpose()));
        });
    assertGradient(square, a -> weighted(weights, LinearAlgebra.einsum("ij,kj,kl->il", a, a, a)));
  }

  private void assertGradient(Shape shape, Function<NDArray, NDArray> objective) {
    var values = RandomStream.of(12, shape.toString()).doubles(shape.size(), -1, 1).toArray();
    var a = manager.create(values, shape);
    a.setRequiresGradient(true);
    try (var _ = Torch.newScope();
        var tape = Torch.gradients()) {
      var result = objective.apply(a);
      System.gc();
      tape.backward(result);
    }
    var expected = new double[values.length];
    double step = 1e-6;
    for (int i = 0; i < values.length; i++) {
      double value = values[i];
      values[i] = value + step;
      double above = objective.apply(manager.create(values, shape)).getDouble();
      values[i] = value - step;
      double below = objective.apply(manager.create(values, shape)).getDouble();
      values[i] = value;
      expected[i] = (above - below) / (2 * step);
    }
    assertArrayEquals(expected, a.getGradient().toDoubleArray(), 1e-6);
  }

  private static NDArray weighted(NDArray weights, NDArray x) {
    return x.flatten().mul(weights.get(":" + x.size())).sum();
  }

  @Test
  void wrongShapesAndEquationsAreNamed() {
    var vector = manager.ones(new Shape(3));
    var rectangle = manager.ones(new Shape(3, 2));
    assertThrows(IllegalArgumentException.class, () -> LinearAlgebra.svd(vector));
    assertThrows(IllegalArgumentException.class, () -> LinearAlgebra.eigh(rectangle));
    var count =
        assertThrows(
            IllegalArgumentException.class, () -> LinearAlgebra.einsum("ij,jk->ik", rectangle));
    assertEquals("The equation ij,jk->ik is of 2 arrays, but 1 were given.", count.getMessage());
    assertThrows(IllegalArgumentException.class, () -> LinearAlgebra.einsum("i\", exit()", vector));
  }

  private NDArray random(Shape shape) {
    return RandomStream.of(10, shape.toString()).gaussian(manager, shape, 1);
  }

  private static <T> T way(boolean inJava, ScopedValue.CallableOp<T, RuntimeException> call) {
    return inJava ? ScopedValue.where(LinearAlgebra.IN_JAVA, true).call(call) : call.call();
  }

  private NDArray lowerTriangle(int n) {
    var values = new float[n * n];
    for (int i = 0; i < values.length; i++) {
      values[i] = i % n <= i / n ? 1 : 0;
    }
    return Memory.ofFloats(manager, values, n, n);
  }

  private void assertOrthonormalColumns(NDArray q) {
    var gram = Ops.matmul(transpose(q), q);
    assertClose(Ops.scale(gram, 0).add(manager.eye((int) lastBut(q, 0))), gram);
  }

  private static NDArray transpose(NDArray a) {
    int last = a.getShape().dimension() - 1;
    return a.swapAxes(last - 1, last);
  }

  private static long lastBut(NDArray a, int offset) {
    return a.getShape().get(a.getShape().dimension() - 1 - offset);
  }

  private static void assertClose(NDArray expected, NDArray actual) {
    assertEquals(expected.getShape(), actual.getShape());
    double scale = 1 + expected.abs().max().getFloat();
    assertEquals(0, expected.sub(actual).abs().max().getFloat(), 2e-5 * scale);
  }
}
