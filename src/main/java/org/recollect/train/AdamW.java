package org.recollect.train;

import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import org.recollect.tensor.Memory;

/// Adam with decoupled weight decay (Loshchilov & Hutter, "Decoupled Weight Decay Regularization",
/// 2019, algorithm 2), element by element for the gradient `g` of step `t`:
///
/// `m = beta1 m + (1 - beta1) g`\
/// `v = beta2 v + (1 - beta2) g²`\
/// `w = w - rate * (m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon) + weightDecay * w)`
///
/// Weights of one dimension (norms) are not decayed.
///
/// @param beta1 share of the old mean gradient
/// @param beta2 share of the old mean square
/// @param epsilon added to the root
/// @param weightDecay pull towards zero, per step and unit of the learning rate
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay)
    implements Optimizer {

  /// The usual settings of language models: 0.9, 0.95, 1e-8, 0.1 (Touvron et al., "LLaMA", 2023,
  /// section 2.3, with the epsilon of Kingma & Ba).
  public AdamW() {
    this(0.9, 0.95, 1e-8, 0.1);
  }

  @Override
  public int memory(String name, Shape shape) {
    return 2;
  }

  @Override
  public void update(Parameter parameter, double learningRate, long step) {
    double decay = parameter.weight().getShape().dimension() > 1 ? weightDecay : 0;
    var constants =
        new Constants(
            (float) (1 - beta1),
            (float) (1 - beta2),
            (float) (1 / Math.sqrt(1 - Math.pow(beta2, step))),
            (float) epsilon,
            (float) (learningRate / (1 - Math.pow(beta1, step))),
            (float) (1 - learningRate * decay));
    sweep(
        Memory.view(parameter.weight()),
        Memory.view(parameter.gradient()),
        Memory.view(parameter.memory().get(0)),
        Memory.view(parameter.memory().get(1)),
        constants);
  }

  /// What is the same for all elements of a step.
  private record Constants(
      float newMean, float newSquare, float rootScale, float epsilon, float rate, float keep) {}

  private static void sweep(
      MemorySegment weight,
      MemorySegment gradient,
      MemorySegment mean,
      MemorySegment square,
      Constants by) {
    var species = FloatVector.SPECIES_PREFERRED;
    var order = ByteOrder.nativeOrder();
    long bytes = weight.byteSize();
    long vectors = bytes - bytes % species.vectorByteSize();
    for (long at = 0; at < vectors; at += species.vectorByteSize()) {
      var g = FloatVector.fromMemorySegment(species, gradient, at, order);
      var m = FloatVector.fromMemorySegment(species, mean, at, order);
      var v = FloatVector.fromMemorySegment(species, square, at, order);
      var w = FloatVector.fromMemorySegment(species, weight, at, order);
      var newM = m.add(g.sub(m).mul(by.newMean));
      var newV = v.add(g.mul(g).sub(v).mul(by.newSquare));
      var root = newV.sqrt().mul(by.rootScale).add(by.epsilon);
      newM.intoMemorySegment(mean, at, order);
      newV.intoMemorySegment(square, at, order);
      w.mul(by.keep).sub(newM.div(root).mul(by.rate)).intoMemorySegment(weight, at, order);
    }
    for (long at = vectors; at < bytes; at += Float.BYTES) {
      float g = gradient.get(ValueLayout.JAVA_FLOAT, at);
      float m = mean.get(ValueLayout.JAVA_FLOAT, at);
      float v = square.get(ValueLayout.JAVA_FLOAT, at);
      float newM = m + (g - m) * by.newMean;
      float newV = v + (g * g - v) * by.newSquare;
      float root = (float) Math.sqrt(newV) * by.rootScale + by.epsilon;
      mean.set(ValueLayout.JAVA_FLOAT, at, newM);
      square.set(ValueLayout.JAVA_FLOAT, at, newV);
      float w = weight.get(ValueLayout.JAVA_FLOAT, at);
      weight.set(ValueLayout.JAVA_FLOAT, at, w * by.keep - newM / root * by.rate);
    }
  }
}
