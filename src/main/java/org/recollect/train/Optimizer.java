package org.recollect.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/// A rule that turns a gradient into a change of a weight. The rule itself is immutable; what it
/// remembers from step to step is kept by the [Trainer], so that it can be saved.
public interface Optimizer {

  /// A weight, its gradient, and what the rule remembers about it: arrays of the weight's shape,
  /// all zero before the first step.
  record Parameter(String name, NDArray weight, NDArray gradient, List<NDArray> memory) {}

  /// How many arrays the rule remembers about a weight.
  int memory(String name, Shape shape);

  /// Changes the weight and the memory in place.
  ///
  /// @param learningRate of this step
  /// @param step counted from 1
  void update(Parameter parameter, double learningRate, long step);

  /// One rule for the matrices inside the layers, another for all else: embeddings, head, norms.
  ///
  /// @param restRate learning rate of the rest, as a multiple of the schedule's
  static Optimizer split(Optimizer matrices, Optimizer rest, double restRate) {
    return new Split(matrices, rest, restRate);
  }

  /// See [#split].
  record Split(Optimizer matrices, Optimizer rest, double restRate) implements Optimizer {

    @Override
    public int memory(String name, Shape shape) {
      return (isLayerMatrix(name, shape) ? matrices : rest).memory(name, shape);
    }

    @Override
    public void update(Parameter parameter, double learningRate, long step) {
      if (isLayerMatrix(parameter.name(), parameter.weight().getShape())) {
        matrices.update(parameter, learningRate, step);
      } else {
        rest.update(parameter, learningRate * restRate, step);
      }
    }

    private static boolean isLayerMatrix(String name, Shape shape) {
      return shape.dimension() == 2 && !name.contains("embed_tokens") && !name.contains("lm_head");
    }
  }
}
