package org.recollect.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Precision;

/// Momentum orthogonalised by Newton-Schulz iterations, for matrices (Jordan et al., "Muon: An
/// optimizer for hidden layers in neural networks", 2024). For the gradient `G` of a matrix
/// `[out][in]`:
///
/// `M = momentum M + G`, `D = G + momentum M` (Nesterov)\
/// `X = D / |D|`, then five times `X = (a I + b A + c A A) X` with `A = X Xᵀ`\
/// `W = W - rate * (0.2 sqrt(max(out, in)) X + weightDecay W)`
///
/// The iterations push all singular values of `D` towards 1, roughly (0.7 to 1.2), with `(a, b, c)
/// = (3.4445, -4.7750, 2.0315)`. The factor before `X` gives the step the size that one of AdamW
/// has, so that both share a learning rate (Liu et al., "Muon is Scalable for LLM Training", 2025,
/// equation 4). All in float32.
///
/// @param momentum share of the old momentum
/// @param weightDecay pull towards zero, per step and unit of the learning rate
/// @param precision of the iterations' products; bfloat16 in Jordan et al.
public record Muon(double momentum, double weightDecay, Precision precision) implements Optimizer {

  private static final int ITERATIONS = 5;
  private static final double A = 3.4445;
  private static final double B = -4.7750;
  private static final double C = 2.0315;

  /// Momentum 0.95 (Jordan et al.), weight decay 0.1 (Liu et al.), and float32.
  public Muon() {
    this(0.95, 0.1, Precision.FLOAT32);
  }

  @Override
  public int memory(String name, Shape shape) {
    return 1;
  }

  /// @throws IllegalArgumentException if the weight is not a matrix
  @Override
  public void update(Parameter parameter, double learningRate, long step) {
    var weight = parameter.weight();
    var shape = weight.getShape();
    if (shape.dimension() != 2) {
      throw new IllegalArgumentException(
          "Muon is for matrices, but %s has the shape %s: give it to AdamW with Optimizer.split."
              .formatted(parameter.name(), shape));
    }
    var velocity = parameter.memory().getFirst();
    velocity.muli(momentum).addi(parameter.gradient());
    var direction = orthogonal(Ops.scale(velocity, momentum).add(parameter.gradient()));
    double size = 0.2 * Math.sqrt(Math.max(shape.get(0), shape.get(1)));
    weight.muli(1 - learningRate * weightDecay).subi(Ops.scale(direction, learningRate * size));
  }

  /// Floating-point operations of the matrix products of one update.
  static double operations(Shape shape) {
    double rows = Math.min(shape.get(0), shape.get(1));
    double columns = Math.max(shape.get(0), shape.get(1));
    return ITERATIONS * (4 * rows * rows * columns + 2 * rows * rows * rows);
  }

  /// A matrix with the singular vectors of the given one and singular values of about 1.
  ///
  /// @param matrix `[rows][columns]`, of any shape
  NDArray orthogonal(NDArray matrix) {
    boolean tall = matrix.getShape().get(0) > matrix.getShape().get(1);
    var x = tall ? matrix.transpose() : matrix;
    x = x.div(Ops.square(x).sum().sqrt().add(1e-7));
    var identity = x.getManager().eye((int) x.getShape().get(0));
    for (int i = 0; i < ITERATIONS; i++) {
      var gram = Ops.matmul(x, x.transpose(), precision);
      var inner = Ops.scale(identity, B).add(Ops.scale(gram, C));
      x = Ops.matmul(Ops.scale(identity, A).add(Ops.matmul(gram, inner, precision)), x, precision);
    }
    return tall ? x.transpose() : x;
  }
}
