package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// The gradient of a loss by each of some weights, against central differences: along its gradient,
/// a loss rises by the gradient's length.
final class GradientCheck {
  private static final double STEP = 2e-3;

  private GradientCheck() {}

  /// A classifier's loss.
  ///
  /// @param pictures grey, labelled 0, 1, 2, ... up to the classes and from 0 again
  static void of(ImageClassifier model, float[] pictures, int pixels) {
    int count = pictures.length / (pixels * pixels);
    int[] labels = IntStream.range(0, count).map(i -> i % model.classes()).toArray();
    try (var manager = Torch.manager();
        var trainable = model.trainable()) {
      var x = Memory.ofFloats(manager, pictures, count, 1, pixels, pixels);
      var y = Memory.ofInts(manager, labels);
      of(trainable, () -> Ops.crossEntropy(model.logits(x), y));
    }
  }

  /// Any loss.
  ///
  /// @param weights that it depends on, each of them by itself
  /// @param loss a scalar
  static void of(Weights weights, Supplier<NDArray> loss) {
    try (var _ = Torch.newScope()) {
      weights.asMap().values().forEach(weight -> weight.setRequiresGradient(true));
      try (var tape = Torch.gradients()) {
        tape.backward(loss.get());
      }
      weights
          .asMap()
          .forEach((name, weight) -> {
            float[] gradient = Memory.toFloats(weight.getGradient());
            double length = length(gradient);
            // A key's bias moves all logits of a query alike, which attention does not see.
            if (name.endsWith("k_proj.bias")) {
              assertEquals(0, length, 1e-5, name);
              return;
            }
            assertTrue(length > 1e-3, "nothing reaches " + name);
            float[] before = Memory.toFloats(weight);
            double above = loss(loss, weight, before, gradient, STEP / length);
            double below = loss(loss, weight, before, gradient, -STEP / length);
            Memory.write(weight, before);
            assertEquals(length, (above - below) / (2 * STEP), 1e-3 + .01 * length, name);
          });
    }
  }

  private static double loss(
      Supplier<NDArray> loss, NDArray weight, float[] before, float[] gradient, double step) {
    var values = new float[before.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (before[i] + step * gradient[i]);
    }
    Memory.write(weight, values);
    try (var _ = Torch.newScope()) {
      return loss.get().getFloat();
    }
  }

  private static double length(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return Math.sqrt(sum);
  }
}
