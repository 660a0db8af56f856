package org.recollect.unlearning.vision;

import java.util.LinkedHashMap;
import java.util.Map;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.train.LossGradient;

/// Unlearning by the influence function (Koh & Liang, "Understanding Black-box Predictions via
/// Influence Functions", 2017, arXiv:1703.04730, section 2.1, for a group): the Newton step from
/// the minimum of all to that of the rest,
///
/// `w <- w + (|D_f| / |D_r|) (H + damping I)^-1 grad L(D_f)`
///
/// with the Hessian `H` of the mean loss of the retain set. The system is solved by conjugate
/// gradients, whose products with `H` are finite differences of gradients:
///
/// `H v = |v| (grad L(w + epsilon v / |v|) - grad L(w)) / epsilon`
///
/// A Hessian of a network need not be positive; a direction of negative curvature ends the
/// iteration (inferred).
///
/// *Cost.* A pass over the retain set for each iteration and one more, one over the forget set.
///
/// @param name as tables show it
/// @param damping added to the diagonal, above 0
/// @param iterations of conjugate gradients, at most; at least 1
/// @param reach how many times the step the whole way is; 1 for the influence function as it is
/// @param parts in which the way is taken, at least 1
public record InfluenceFunction(
    String name, double damping, int iterations, double reach, int parts) implements Eraser {
  private static final double EPSILON = 1e-2;

  public InfluenceFunction {
    Stride.check(reach, parts);
    if (!(damping > 0) || iterations < 1) {
      throw new IllegalArgumentException(
          "An influence function needs a damping above 0 and at least one iteration; got %s and %d."
              .formatted(damping, iterations));
    }
  }

  /// As it is, with damping 0.1 and ten iterations (inferred).
  public InfluenceFunction() {
    this("influence function", .1, 10, 1, 1);
  }

  /// The same with another damping.
  public InfluenceFunction damping(double damping) {
    return new InfluenceFunction(name, damping, iterations, reach, parts);
  }

  /// The same as far as some times the step, in equal parts.
  public InfluenceFunction upTo(double reach, int parts) {
    return new InfluenceFunction(name, damping, iterations, reach, parts);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("damping", damping, "iterations", iterations, "reach", reach, "parts", parts);
  }

  @Override
  public Erasing begin(PictureRequest request) {
    return new Stride(request.copy(), parts, model -> displacement(model, request));
  }

  private Map<String, float[]> displacement(ImageClassifier model, PictureRequest request) {
    request.learnedFrom(request.forget().size());
    var solution = solve(LossGradient.of(model, request.forget()), new Curvature(model, request));
    double share = reach * request.forget().size() / request.retain().size();
    return scaled(share, solution);
  }

  /// Conjugate gradients from zero.
  Map<String, float[]> solve(Map<String, float[]> right, Product hessian) {
    var x = scaled(0, right);
    var residual = right;
    var direction = right;
    double length = LossGradient.dot(residual, residual);
    double enough = 1e-10 * length;
    for (int i = 0; i < iterations && length > enough; i++) {
      var product = sum(hessian.times(direction), damping, direction);
      double curvature = LossGradient.dot(direction, product);
      if (curvature <= 0) {
        break;
      }
      double step = length / curvature;
      x = sum(x, step, direction);
      residual = sum(residual, -step, product);
      double next = LossGradient.dot(residual, residual);
      direction = sum(residual, next / length, direction);
      length = next;
    }
    return x;
  }

  /// A symmetric matrix, as far as it multiplies.
  interface Product {
    Map<String, float[]> times(Map<String, float[]> vector);
  }

  /// The Hessian of the mean loss of the retain set.
  private record Curvature(ImageClassifier model, PictureRequest request, Map<String, float[]> here)
      implements Product {

    Curvature(ImageClassifier model, PictureRequest request) {
      this(model, request, LossGradient.of(model, request.retain()));
      request.learnedFrom(request.retain().size());
    }

    @Override
    public Map<String, float[]> times(Map<String, float[]> vector) {
      request.learnedFrom(request.retain().size());
      double length = Math.sqrt(LossGradient.dot(vector, vector));
      var weights = new LinkedHashMap<String, float[]>();
      vector
          .keySet()
          .forEach(name -> weights.put(name, Memory.toFloats(model.weights().get(name))));
      write(sum(weights, EPSILON / length, vector));
      var there = LossGradient.of(model, request.retain());
      write(weights);
      return scaled(length / EPSILON, sum(there, -1, here));
    }

    private void write(Map<String, float[]> weights) {
      weights.forEach((name, values) -> Memory.write(model.weights().get(name), values));
    }
  }

  private static Map<String, float[]> scaled(double factor, Map<String, float[]> vector) {
    var scaled = new LinkedHashMap<String, float[]>();
    vector.forEach((name, values) -> {
      float[] product = new float[values.length];
      for (int i = 0; i < product.length; i++) {
        product[i] = (float) (factor * values[i]);
      }
      scaled.put(name, product);
    });
    return scaled;
  }

  /// `a + factor b`.
  private static Map<String, float[]> sum(
      Map<String, float[]> a, double factor, Map<String, float[]> b) {
    var sum = scaled(factor, b);
    sum.forEach((name, values) -> {
      float[] others = a.get(name);
      for (int i = 0; i < values.length; i++) {
        values[i] += others[i];
      }
    });
    return sum;
  }
}
