package org.recollect.train;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/// What may look into a training step, or reach into it.
public interface TrainingHook {

  /// After the backward passes and before clipping.
  ///
  /// @param step from 0
  /// @param gradients by parameter name; may be changed in place
  default void gradients(long step, Map<String, NDArray> gradients) {}

  /// Whether [#displacement] is to be called; copying the weights is spared where no hook asks.
  default boolean constrains() {
    return false;
  }

  /// After the optimiser, before its step counts: where each weight has moved. The optimiser
  /// rescales every entry by itself, so what is kept out of the gradient may be in the step.
  ///
  /// @param step from 0
  /// @param displacements by parameter name; may be changed in place, and what is left is added to
  ///   the weights
  default void displacement(long step, Map<String, NDArray> displacements) {}

  /// After the weights have changed.
  default void after(Trainer.Step step) {}
}
