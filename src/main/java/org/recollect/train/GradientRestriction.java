package org.recollect.train;

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import java.util.LinkedHashMap;
import java.util.function.Supplier;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// A penalty on large gradients in training, the third module of IAU (Liu et al., "Efficient
/// Machine Unlearning via Influence Approximation", 2025): with the gradient `g_l` of the loss in
/// each array of weights,
///
/// `L = l + alpha sum_l |g_l|`
///
/// The penalty's own gradient is the Hessian times `u_l = g_l / |g_l|`, here by a finite
/// difference, which needs a second pass and no second derivative (inferred):
///
/// `grad sum_l |g_l| = (grad l(w + epsilon u) - grad l(w)) / epsilon`
///
/// The pass at the shifted weights sees the same batch, so batch norm's running statistics take it
/// in twice.
///
/// @param alpha strength of the penalty, above 0; the paper's repository has 0.005
/// @param epsilon length of the shift of each array
public record GradientRestriction(double alpha, double epsilon) {

  public GradientRestriction {
    if (!(alpha > 0 && epsilon > 0)) {
      throw new IllegalArgumentException(
          "Restricting gradients takes a strength and a shift above 0; got %s and %s."
              .formatted(alpha, epsilon));
    }
  }

  /// With a shift of 1e-3.
  public GradientRestriction(double alpha) {
    this(alpha, 1e-3);
  }

  /// Leaves the gradient of `L` where the one of a loss would be, for [Trainer#step].
  ///
  /// @param loss a scalar, the same at each call but for the weights
  /// @return `L`
  double backward(GradientCollector tape, Weights weights, Supplier<NDArray> loss) {
    double value = pass(tape, loss);
    var there = new LinkedHashMap<String, float[]>();
    var gradients = new LinkedHashMap<String, float[]>();
    double norms = 0;
    for (var entry : weights.asMap().entrySet()) {
      float[] weight = Memory.toFloats(entry.getValue());
      float[] gradient = taken(entry.getValue());
      there.put(entry.getKey(), weight);
      gradients.put(entry.getKey(), gradient);
      double norm = norm(gradient);
      norms += norm;
      Memory.write(entry.getValue(), sum(weight, norm == 0 ? 0 : epsilon / norm, gradient));
    }
    pass(tape, loss);
    weights
        .asMap()
        .forEach((name, weight) -> {
          float[] gradient = gradients.get(name);
          float[] shifted = taken(weight);
          double share = alpha / epsilon;
          for (int i = 0; i < gradient.length; i++) {
            gradient[i] += (float) (share * (shifted[i] - gradient[i]));
          }
          Memory.write(weight.getGradient(), gradient);
          Memory.write(weight, there.get(name));
        });
    return value + alpha * norms;
  }

  private static double pass(GradientCollector tape, Supplier<NDArray> loss) {
    try (var _ = Torch.newScope()) {
      var value = loss.get();
      tape.backward(value);
      return value.getFloat();
    }
  }

  private static float[] taken(NDArray weight) {
    var gradient = weight.getGradient();
    float[] values = Memory.toFloats(gradient);
    Gradients.zero(gradient);
    return values;
  }

  private static float[] sum(float[] values, double factor, float[] others) {
    float[] sum = values.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += (float) (factor * others[i]);
    }
    return sum;
  }

  private static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }
}
