package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Precision;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class CausalAttentionTest {

  /// Lengths around the size of a block.
  @ParameterizedTest
  @CsvSource({"1, 1", "2, 127", "3, 128", "4, 129", "5, 300"})
  void agreesWithTheFusedOperatorAndItsGradients(long seed, int tokens) {
    var random = RandomStream.of(seed, "attention");
    int kvHeads = 1 + random.nextInt(3);
    int heads = kvHeads * (1 + random.nextInt(3));
    int headDim = 2 * (1 + random.nextInt(6));
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var q = random.gaussian(manager, new Shape(2, heads, tokens, headDim), 1);
      var k = random.gaussian(manager, new Shape(2, kvHeads, tokens, headDim), 1);
      var v = random.gaussian(manager, new Shape(2, kvHeads, tokens, headDim), 1);
      var direction = random.gaussian(manager, q.getShape(), 1);
      var inputs = List.of(q, k, v);
      inputs.forEach(input -> input.setRequiresGradient(true));
      float[] fused = gradients(inputs, direction, () -> Ops.attention(q, k, v, true));
      float[] blocks =
          gradients(inputs, direction, () -> CausalAttention.attend(q, k, v, Precision.FLOAT32));
      assertArrayEquals(fused, blocks, 1e-4f, "seed " + seed);
      float[] rounded =
          gradients(inputs, direction, () -> CausalAttention.attend(q, k, v, Precision.BFLOAT16));
      assertEquals(0, difference(fused, rounded), 0.02, "seed " + seed);
    }
  }

  @Test
  void modelInBfloat16IsNearlyTheModel() {
    var shape = new ModelConfig(40, 32, 48, 2, 4, 2, 8, 10_000, 1e-5, 256, true);
    try (var model = Subjects.sharp(shape, 3);
        var manager = Torch.manager();
        var _ = Torch.newScope()) {
      int[] tokens = Subjects.tokens(model, 200, RandomStream.of(3, "tokens"));
      var ids = Memory.ofInts(manager, tokens, 1, tokens.length);
      float[] exact = Memory.toFloats(model.forward(ids));
      float[] rounded = Memory.toFloats(model.in(Precision.BFLOAT16).forward(ids));
      double difference = difference(exact, rounded);
      assertEquals(0, difference, 0.05);
      assertArrayEquals(exact, Memory.toFloats(model.forward(ids)), 0f);
    }
  }

  /// The result followed by the gradients of its product with a direction.
  private static float[] gradients(
      List<NDArray> inputs, NDArray direction, Supplier<NDArray> attention) {
    try (var tape = Torch.gradients()) {
      var result = attention.get();
      tape.backward(result.mul(direction).sum());
      float[] flat = Memory.toFloats(result);
      for (var input : inputs) {
        float[] gradient = Memory.toFloats(input.getGradient());
        Memory.write(input.getGradient(), new float[gradient.length]);
        flat = append(flat, gradient);
      }
      return flat;
    }
  }

  private static float[] append(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /// Length of the difference, relative to the length of the first.
  private static double difference(float[] a, float[] b) {
    double difference = 0;
    double length = 0;
    for (int i = 0; i < a.length; i++) {
      difference += Math.pow(a[i] - b[i], 2);
      length += Math.pow(a[i], 2);
    }
    return Math.sqrt(difference / length);
  }
}
