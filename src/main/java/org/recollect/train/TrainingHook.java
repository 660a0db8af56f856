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

  /// After the weights have changed.
  default void after(Trainer.Step step) {}
}
