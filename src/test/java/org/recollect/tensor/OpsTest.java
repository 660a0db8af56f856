package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each operator against the same formula in plain Java doubles: its values, its values by way of
/// TorchScript, and its gradients, taken after a garbage collection, against central differences.
class OpsTest {
  private static final int[] TARGETS = {2, Ops.IGNORED, 0, 4};
  private static final int[] IDS = {3, 0, 3, 1};

  /// An operator of some arrays, and the formula it must agree with.
  record Operator(
      String name,
      long[][] shapes,
      Function<List<NDArray>, NDArray> call,
      Function<double[][], double[]> formula) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Operator> operators() {
    return Stream.of(
        new Operator(
            "linear",
            new long[][] {{2, 3, 4}, {5, 4}},
            x -> Ops.linear(x.get(0), x.get(1)),
            x -> Formulas.linear(x[0], x[1], 4)),
        new Operator(
            "matmul",
            new long[][] {{1, 3}, {3, 1}},
            x -> Ops.matmul(x.get(0), x.get(1)),
            x -> Formulas.linear(x[0], x[1], 3)),
        new Operator(
            "rmsNorm",
            new long[][] {{3, 5}, {5}},
            x -> Ops.rmsNorm(x.get(0), x.get(1), 1e-3),
            x -> Formulas.rmsNorm(x[0], x[1], 1e-3)),
        new Operator(
            "layerNorm",
            new long[][] {{3, 5}, {5}, {5}},
            x -> Ops.layerNorm(x.get(0), x.get(1), x.get(2), 1e-3),
            x -> Formulas.layerNorm(x[0], x[1], x[2], 1e-3)),
        new Operator(
            "relu",
            new long[][] {{9}},
            x -> Ops.relu(x.get(0)),
            x -> Arrays.stream(x[0]).map(value -> Math.max(value, 0)).toArray()),
        new Operator("gelu", new long[][] {{7}}, x -> Ops.gelu(x.get(0)), x -> Formulas.gelu(x[0])),
        convolution("conv2d", 3, 5, 4, 3, 1),
        convolution("conv2d of one pixel", 1, 1, 1, 1, 0),
        convolution("conv2d without padding", 2, 4, 6, 3, 0),
        new Operator(
            "maxPool",
            new long[][] {{2, 3, 5, 4}},
            x -> ConvOps.maxPool(x.get(0), 2),
            x -> Formulas.maxPool(x[0], 5, 4, 2)),
        new Operator(
            "batchNorm",
            new long[][] {{3, 2, 2, 3}, {2}, {2}},
            x -> ConvOps.batchNorm(x.get(0), x.get(1), x.get(2)),
            x -> Formulas.batchNorm(x[0], x[1], x[2], 6, Formulas.moments(x[0], 2, 6))),
        new Operator(
            "batchNorm by given statistics",
            new long[][] {{3, 2, 2, 3}, {2}, {2}},
            x ->
                ConvOps.batchNorm(
                    x.get(0),
                    x.get(1),
                    x.get(2),
                    Memory.ofFloats(x.get(0).getManager(), new float[] {.25f, -1}),
                    Memory.ofFloats(x.get(0).getManager(), new float[] {.5f, 2})),
            x -> Formulas.batchNorm(x[0], x[1], x[2], 6, new double[][] {{.25, -1}, {.5, 2}})),
        new Operator("silu", new long[][] {{7}}, x -> Ops.silu(x.get(0)), x -> Formulas.silu(x[0])),
        new Operator(
            "sigmoid",
            new long[][] {{7}},
            x -> Ops.sigmoid(x.get(0)),
            x -> Arrays.stream(x[0]).map(value -> 1 / (1 + Math.exp(-value))).toArray()),
        new Operator(
            "logSigmoid",
            new long[][] {{7}},
            x -> Ops.logSigmoid(x.get(0)),
            x -> Arrays.stream(x[0]).map(value -> -Math.log1p(Math.exp(-value))).toArray()),
        new Operator(
            "swiglu",
            new long[][] {{2, 3}, {2, 3}},
            x -> Ops.swiglu(x.get(0), x.get(1)),
            x -> Formulas.times(Formulas.silu(x[0]), x[1])),
        new Operator(
            "rope",
            new long[][] {{2, 3, 4}, {3, 2}, {3, 2}},
            x -> Ops.rope(x.get(0), x.get(1), x.get(2)),
            x -> Formulas.rope(x[0], x[1], x[2], 3, 4)),
        attention("attention", 2, 2, 3, 5, false),
        attention("grouped causal attention", 4, 2, 5, 5, true),
        attention("attention of one token", 3, 1, 1, 1, true),
        new Operator(
            "crossEntropy",
            new long[][] {{4, 5}},
            x -> Ops.crossEntropy(x.get(0), Memory.ofInts(x.get(0).getManager(), TARGETS)),
            x -> Formulas.crossEntropy(x[0], TARGETS, 5)),
        new Operator(
            "softmax",
            new long[][] {{2, 4}},
            x -> Ops.softmax(x.get(0)),
            x -> Formulas.softmax(x[0], 4)),
        new Operator(
            "logSoftmax",
            new long[][] {{2, 4}},
            x -> Ops.logSoftmax(x.get(0)),
            x -> Arrays.stream(Formulas.softmax(x[0], 4)).map(Math::log).toArray()),
        new Operator(
            "embedding",
            new long[][] {{4, 3}},
            x -> Ops.embedding(x.get(0), Memory.ofInts(x.get(0).getManager(), IDS, 2, 2)),
            x -> Formulas.rows(x[0], IDS, 3)),
        new Operator(
            "scale",
            new long[][] {{6}},
            x -> Ops.scale(x.get(0), -0.37),
            x -> Arrays.stream(x[0]).map(value -> -0.37 * value).toArray()),
        new Operator(
            "square",
            new long[][] {{6}},
            x -> Ops.square(x.get(0)),
            x -> Formulas.times(x[0], x[0])),
        new Operator(
            "rsqrt",
            new long[][] {{6}},
            x -> Ops.rsqrt(Ops.square(x.get(0)).add(1)),
            x -> Arrays.stream(x[0]).map(value -> 1 / Math.sqrt(value * value + 1)).toArray()));
  }

  /// Of two pictures, to four channels.
  private static Operator convolution(
      String name, int channels, int height, int width, int side, int padding) {
    return new Operator(
        name,
        new long[][] {{2, channels, height, width}, {4, channels, side, side}},
        x -> ConvOps.conv2d(x.get(0), x.get(1), padding),
        x -> Formulas.conv2d(x[0], x[1], channels, height, width, side, padding));
  }

  private static Operator attention(
      String name, int heads, int kvHeads, int queries, int tokens, boolean causal) {
    int dim = 4;
    int batch = 2;
    return new Operator(
        name,
        new long[][] {
          {batch, heads, queries, dim}, {batch, kvHeads, tokens, dim}, {batch, kvHeads, tokens, dim}
        },
        x -> Ops.attention(x.get(0), x.get(1), x.get(2), causal),
        x ->
            Formulas.attention(
                x[0], x[1], x[2], batch, heads, kvHeads, queries, tokens, dim, causal));
  }

  @ParameterizedTest
  @MethodSource("operators")
  void agreesWithItsFormula(Operator operator) {
    var inputs = inputs(operator);
    try (var manager = Torch.manager()) {
      var arrays = arrays(manager, operator, inputs);
      var expected = operator.formula.apply(inputs);
      assertClose(operator, expected, Memory.toFloats(operator.call.apply(arrays)));
    }
  }

  @ParameterizedTest
  @MethodSource("operators")
  void agreesWithItselfByTorchScript(Operator operator) {
    assertTrue(Aten.direct(), "this platform's LibTorch should have the C ABI");
    try (var manager = Torch.manager()) {
      var arrays = arrays(manager, operator, inputs(operator));
      var direct = Memory.toFloats(operator.call.apply(arrays));
      var scripted =
          ScopedValue.where(Aten.SCRIPTED, true)
              .call(() -> Memory.toFloats(operator.call.apply(arrays)));
      assertArrayEquals(direct, scripted, 1e-6f);
    }
  }

  @Test
  void batchNormMovesRunningStatisticsTowardsTheBatch() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var x = Memory.ofFloats(manager, new float[] {1, 3, 5, 7, -2, -2, 4, 8}, 2, 2, 2, 1);
      var one = manager.ones(new Shape(2));
      var mean = Memory.ofFloats(manager, new float[] {10, 20});
      var variance = Memory.ofFloats(manager, new float[] {100, 200});
      var learned = ConvOps.batchNorm(x, one, one, mean, variance, .1);
      // Channels 1, 3, -2, -2 and 5, 7, 4, 8: means 0 and 6, sums of squares 18 and 10.
      assertArrayEquals(new float[] {9, 18.6f}, Memory.toFloats(mean), 1e-5f);
      float[] moved = {90 + .1f * 18 / 3, 180 + .1f * 10 / 3};
      assertArrayEquals(moved, Memory.toFloats(variance), 1e-4f);
      assertArrayEquals(
          Memory.toFloats(ConvOps.batchNorm(x, one, one)), Memory.toFloats(learned), 1e-6f);
      ConvOps.batchNorm(x, one, one, mean, variance);
      assertArrayEquals(moved, Memory.toFloats(variance), 1e-4f);
    }
  }

  /// One factor is a power of two, so that every product is exact: what is seen is the rounding of
  /// the other, to the nearest of eight significant bits.
  @Test
  void productsOfRoundedFactors() {
    float[] values = {1, 1.00390625f, 1.01171875f, 3.14159274f, -0.50390625f, 65_280};
    float[] rounded = {1, 1, 1.015625f, 3.140625f, -0.50390625f, 65_280};
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var x = Memory.ofFloats(manager, values, 6, 1);
      var two = Memory.ofFloats(manager, new float[] {2}, 1, 1);
      for (boolean byScript : new boolean[] {false, true}) {
        Supplier<float[][]> products =
            () ->
                new float[][] {
                  Memory.toFloats(Ops.linear(x, two, Precision.BFLOAT16)),
                  Memory.toFloats(Ops.matmul(x, two, Precision.BFLOAT16))
                };
        for (float[] product : byScript ? scripted(products) : products.get()) {
          for (int i = 0; i < values.length; i++) {
            assertEquals(2 * rounded[i], product[i], 1e-5 * Math.abs(rounded[i]), "" + values[i]);
          }
        }
      }
      assertArrayEquals(
          Memory.toFloats(Ops.linear(x, two)),
          Memory.toFloats(Ops.linear(x, two, Precision.FLOAT32)));
    }
  }

  private static <T> T scripted(Supplier<T> work) {
    return ScopedValue.where(Aten.SCRIPTED, true).call(work::get);
  }

  @ParameterizedTest
  @MethodSource("operators")
  void gradientSurvivesGarbageCollection(Operator operator) {
    assertGradients(operator);
    ScopedValue.where(Aten.SCRIPTED, true).run(() -> assertGradients(operator));
  }

  private static void assertGradients(Operator operator) {
    var inputs = inputs(operator);
    var direction = weights(operator.formula.apply(inputs).length);
    try (var manager = Torch.manager()) {
      var arrays = arrays(manager, operator, inputs);
      arrays.forEach(array -> array.setRequiresGradient(true));
      try (var _ = Torch.newScope();
          var tape = Torch.gradients()) {
        var result = operator.call.apply(arrays);
        var objective = result.mul(array(manager, direction, result.getShape().getShape())).sum();
        collectGarbage();
        tape.backward(objective);
      }
      for (int i = 0; i < inputs.length; i++) {
        var expected = differences(operator, inputs, inputs[i], direction);
        assertClose(operator, expected, Memory.toFloats(arrays.get(i).getGradient()));
      }
    }
  }

  /// Central differences of the weighted sum of the results by each number of one input.
  private static double[] differences(
      Operator operator, double[][] inputs, double[] input, double[] direction) {
    double step = 1e-5;
    var gradient = new double[input.length];
    for (int i = 0; i < input.length; i++) {
      double value = input[i];
      input[i] = value + step;
      double above = Formulas.dot(operator.formula.apply(inputs), direction);
      input[i] = value - step;
      double below = Formulas.dot(operator.formula.apply(inputs), direction);
      input[i] = value;
      gradient[i] = (above - below) / (2 * step);
    }
    return gradient;
  }

  @Test
  void refusedCallsSayWhatWasGivenAndWhy() {
    try (var manager = Torch.manager()) {
      var x = manager.ones(new Shape(2, 3));
      var weight = manager.ones(new Shape(3, 2));
      var wrong = assertThrows(IllegalArgumentException.class, () -> Ops.linear(x, weight));
      assertEquals(
          "torch.linear(x0, x1) is not defined for x0 = float32 (2, 3), x1 = float32 (3, 2):"
              + " mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)",
          wrong.getMessage());
      var ids = Memory.ofInts(manager, new int[] {7});
      var range = assertThrows(IllegalArgumentException.class, () -> Ops.embedding(x, ids));
      assertEquals(
          "torch.embedding(x0, x1, -1) is not defined for x0 = float32 (2, 3), x1 = int64 (1):"
              + " index out of range in self",
          range.getMessage());
      assertThrows(IllegalArgumentException.class, () -> Ops.rope(x, x, x));
      var q = manager.ones(new Shape(1, 3, 1, 4));
      var k = manager.ones(new Shape(1, 2, 1, 4));
      assertThrows(IllegalArgumentException.class, () -> Ops.attention(q, k, k, false));
      assertThrows(IllegalArgumentException.class, () -> Ops.attention(x, x, x, false));
      var two = manager.ones(new Shape(1, 3, 2, 4));
      assertThrows(IllegalArgumentException.class, () -> Ops.attention(q, two, two, true));
    }
  }

  /// Key heads that their query heads read in place, against copies of them, gradients included.
  @Test
  void groupedAttentionUnderAMaskIsThatOfRepeatedHeads() {
    var random = RandomStream.of(3, "masked attention");
    int batch = 2;
    try (var manager = Torch.manager();
        var tape = Torch.gradients()) {
      var q = random.gaussian(manager, new Shape(batch, 6, 3, 4), 1);
      var k = random.gaussian(manager, new Shape(batch, 2, 5, 4), 1);
      var v = random.gaussian(manager, new Shape(batch, 2, 5, 4), 1);
      var one = random.gaussian(manager, new Shape(1, 1, 3, 5), 1);
      var ofEveryHead = one.broadcast(1, 6, 3, 5); // takes the way with copies
      var weights = random.gaussian(manager, new Shape(batch, 6, 3, 4), 1);
      var results = new ArrayList<float[]>();
      for (var mask : List.of(one, ofEveryHead)) {
        var inputs = List.of(q.stopGradient(), k.stopGradient(), v.stopGradient());
        inputs.forEach(x -> x.setRequiresGradient(true));
        var y = Ops.attention(inputs.get(0), inputs.get(1), inputs.get(2), mask);
        tape.backward(y.mul(weights).sum());
        results.add(Memory.toFloats(y));
        inputs.forEach(x -> results.add(Memory.toFloats(x.getGradient())));
      }
      for (int i = 0; i < 4; i++) {
        assertArrayEquals(results.get(i), results.get(i + 4), 1e-5f, "array " + i);
      }
    }
  }

  @Test
  void nothingIsLeftBehindByAScope() {
    try (var manager = Torch.manager()) {
      var x = manager.ones(new Shape(2, 4));
      int before = manager.getManagedArrays().size();
      for (int i = 0; i < 3; i++) {
        try (var _ = Torch.newScope()) {
          Ops.scale(Ops.swiglu(Ops.rmsNorm(x, x.get(0), 1e-5), Ops.linear(x, x).sum()), 2);
        }
      }
      assertEquals(before, manager.getManagedArrays().size());
    }
  }

  private static double[][] inputs(Operator operator) {
    var random = RandomStream.of(7, operator.name);
    return Arrays.stream(operator.shapes)
        .map(shape -> Arrays.stream(shape).reduce(1, (a, b) -> a * b))
        .map(size -> random.doubles(size, -1.5, 1.5).map(value -> (float) value).toArray())
        .toArray(double[][]::new);
  }

  private static double[] weights(int count) {
    return IntStream.range(0, count).mapToDouble(i -> (float) Math.sin(1 + i)).toArray();
  }

  private static List<NDArray> arrays(NDManager manager, Operator operator, double[][] inputs) {
    return IntStream.range(0, inputs.length)
        .mapToObj(i -> array(manager, inputs[i], operator.shapes[i]))
        .toList();
  }

  private static NDArray array(NDManager manager, double[] values, long... shape) {
    var floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    var array = Memory.ofFloats(manager, floats, shape);
    return shape.length == 0 ? array.reshape() : array;
  }

  private static void assertClose(Operator operator, double[] expected, float[] actual) {
    assertEquals(expected.length, actual.length, operator.name);
    for (int i = 0; i < actual.length; i++) {
      double tolerance = 2e-5 * (1 + Math.abs(expected[i]));
      assertEquals(expected[i], actual[i], tolerance, operator.name + " at " + i);
    }
  }

  /// Collects, and reuses the memory that became free, off the heap as well.
  private static void collectGarbage() {
    for (int round = 0; round < 2; round++) {
      System.gc();
      var pressure = new ArrayList<ByteBuffer>();
      for (int i = 0; i < 2000; i++) {
        var buffer = ByteBuffer.allocateDirect(64);
        while (buffer.hasRemaining()) {
          buffer.put((byte) -1);
        }
        pressure.add(buffer);
      }
      assertEquals(2000, pressure.size());
    }
  }
}
