package org.recollect.train;

import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// An exponential moving average of weights, often a better model than the last step's (Tarvainen
/// and Valpola, "Mean teachers are better role models", 2017, arXiv:1703.01780, equation 2). After
/// each step
///
/// `average = decay * average + (1 - decay) * weights`.
///
/// Until a first step of its own it follows the weights. Mutable; owns the average, but not the
/// weights.
///
/// ```java
/// try (var average = new MovingAverage(weights, 0.999, 0);
///     var trainer = new Trainer(weights, optimizer, schedule, 1, average)) { ... }
/// ```
public final class MovingAverage implements TrainingHook, AutoCloseable {
  private final Weights weights;
  private final Weights average;
  private final double decay;
  private final long from;

  /// @param weights that a trainer changes
  /// @param decay share of the old average, 0 to below 1
  /// @param from steps before which the weights themselves are taken
  public MovingAverage(Weights weights, double decay, long from) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "The average keeps a share of 0 to below 1 of itself at each step, not %s."
              .formatted(decay));
    }
    this.weights = weights;
    this.average = weights.copy();
    this.decay = decay;
    this.from = from;
  }

  /// The average; its arrays change with each step.
  public Weights average() {
    return average;
  }

  @Override
  public void after(Trainer.Step step) {
    double old = step.index() < from ? 0 : decay;
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      average
          .asMap()
          .forEach((name, mean) -> {
            var mixed = Ops.scale(mean, old).add(Ops.scale(weights.get(name), 1 - old));
            Memory.view(mean).copyFrom(Memory.view(mixed));
          });
    }
  }

  @Override
  public void close() {
    average.close();
  }
}
