package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.train.AdamW;
import org.recollect.train.Optimizer;

/// Adam divides each coordinate of a gradient by its own size and so turns a projected gradient
/// back into the protected directions; a projected step cannot be turned.
class ProjectionLeakTest {
  private static final int DIMENSION = 64;
  private static final int STEPS = 300;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void projectingTheGradientLeaksAndProjectingTheStepDoesNot(long seed) {
    try (var manager = Torch.manager();
        var half = Subspace.ofRank(square(manager, seed), DIMENSION / 2)) {
      Consumer<NDArray> keepOff = x -> Memory.view(x).copyFrom(Memory.view(half.remove(x)));
      assertLeaks(seed, keepOff, half::leak);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void soItIsWithReferenceGradients(long seed) {
    var reference = RandomStream.of(seed, "reference").gaussians(DIMENSION);
    for (int i = 0; i < DIMENSION; i++) {
      reference[i] *= reference[i] * reference[i]; // unequal, as those of a model are
    }
    var basis = GradientSubspace.whole(List.of(Map.of("w", reference)));
    assertLeaks(seed, x -> basis.remove(Map.of("w", x)), x -> basis.leak(Map.of("w", x)));
  }

  private static void assertLeaks(
      long seed, Consumer<NDArray> keepOff, ToDoubleFunction<NDArray> leak) {
    double gradientOnly = leak(seed, keepOff, x -> {}, leak);
    double step = leak(seed, x -> {}, keepOff, leak);
    assertTrue(gradientOnly > 0.1, "seed %d: %s".formatted(seed, gradientOnly));
    assertEquals(0, step, 1e-5, "seed " + seed);
  }

  /// The leak of the way towards a minimum along an ill-conditioned slope.
  private static double leak(
      long seed,
      Consumer<NDArray> gradientRule,
      Consumer<NDArray> stepRule,
      ToDoubleFunction<NDArray> leak) {
    try (var manager = Torch.manager()) {
      var shape = new Shape(DIMENSION, 1);
      var random = RandomStream.of(seed, "slope");
      var minimum = random.gaussian(manager, shape, 1);
      var curvature = random.gaussian(manager, shape, 1.5).exp();
      var weight = manager.zeros(shape);
      var gradient = manager.zeros(shape);
      var memory = List.of(manager.zeros(shape), manager.zeros(shape));
      var parameter = new Optimizer.Parameter("w", weight, gradient, memory);
      var adam = new AdamW(0.9, 0.999, 1e-8, 0);
      for (int step = 1; step <= STEPS; step++) {
        try (var _ = Torch.newScope()) {
          var before = weight.duplicate();
          var slope = weight.sub(minimum).mul(curvature);
          Memory.view(gradient).copyFrom(Memory.view(slope));
          gradientRule.accept(gradient);
          adam.update(parameter, 0.01, step);
          var taken = weight.sub(before);
          stepRule.accept(taken);
          Memory.view(weight).copyFrom(Memory.view(before.add(taken)));
        }
      }
      return leak.applyAsDouble(weight);
    }
  }

  private static NDArray square(NDManager manager, long seed) {
    return RandomStream.of(seed, "protected").gaussian(manager, new Shape(DIMENSION, DIMENSION), 1);
  }
}
