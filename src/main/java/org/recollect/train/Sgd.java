package org.recollect.train;

import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.recollect.tensor.Memory;

/// Stochastic gradient descent with momentum, as PyTorch has it (Sutskever et al., "On the
/// importance of initialization and momentum in deep learning", 2013, section 2, with the rate
/// outside of the velocity):
///
/// `v = momentum v + g`\
/// `w = w - rate * v`
///
/// @param momentum share of the old velocity, 0 to below 1
public record Sgd(double momentum) implements Optimizer {

  public Sgd {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          "Momentum is a share of 0 to below 1, not %s.".formatted(momentum));
    }
  }

  @Override
  public int memory(String name, Shape shape) {
    return momentum == 0 ? 0 : 1;
  }

  @Override
  public void update(Parameter parameter, double learningRate, long step) {
    var weight = Memory.view(parameter.weight());
    var gradient = Memory.view(parameter.gradient());
    var velocity = momentum == 0 ? gradient : Memory.view(parameter.memory().getFirst());
    for (long at = 0; at < weight.byteSize(); at += Float.BYTES) {
      float v = number(gradient, at);
      if (momentum != 0) {
        v += (float) momentum * number(velocity, at);
        velocity.set(ValueLayout.JAVA_FLOAT, at, v);
      }
      weight.set(ValueLayout.JAVA_FLOAT, at, number(weight, at) - (float) learningRate * v);
    }
  }

  private static float number(MemorySegment segment, long at) {
    return segment.get(ValueLayout.JAVA_FLOAT, at);
  }
}
