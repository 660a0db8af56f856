package org.recollect.unlearning.vision;

import java.util.LinkedHashMap;
import java.util.Map;
import org.recollect.model.ImageClassifier;
import org.recollect.train.LossGradient;

/// Influence approximation unlearning, IAU (Liu et al., "Efficient Machine Unlearning via Influence
/// Approximation", 2025): one learning step on the opposite of what is to be forgotten.
///
/// Leaving a sample `z` out moves the weights by `H^-1 grad l(z) / n`; so does learning one more
/// whose gradient is `-grad l(z)`. Hence, with all of both sets and mean losses,
///
/// `g = grad L(D_r) - grad L(D_f)`
///
/// and a single step of a fresh Adam, whose two moments are `g` and `g²` after their correction:
///
/// `w <- w - rate g / (|g| + 1e-8)`
///
/// Nearly every weight moves by the rate whatever its gradient, so that the *rate alone* sets how
/// much is forgotten. The paper's repository steps at the rate of training, 1e-3. To find another
/// one here, the step is taken in equal parts along the one direction: after `k` of them it is the
/// step of rate `k rate / parts`. A study that leads its arms to the oracle's probability
/// ([ErasureStudy#FORGOTTEN]) thereby chooses the rate (inferred).
///
/// The first term is the *correction* by what is kept. The third module, [GradientRestriction] in
/// training, is [Restricted].
///
/// *Cost.* One pass over each set, forward and backward.
///
/// @param name as tables show it
/// @param rate of the whole step, above 0
/// @param parts in which it is taken, at least 1
/// @param correcting whether the retain set has its term
public record InfluenceApproximation(String name, double rate, int parts, boolean correcting)
    implements Eraser {
  private static final double EPSILON = 1e-8;

  public InfluenceApproximation {
    Stride.check(rate, parts);
  }

  /// One step with correction at the repository's rate.
  public InfluenceApproximation() {
    this("IAU", 1e-3, 1, true);
  }

  /// The same at another rate, in equal parts.
  public InfluenceApproximation upTo(double rate, int parts) {
    return new InfluenceApproximation(name, rate, parts, correcting);
  }

  /// The same without the term of the retain set: a single step of ascent.
  public InfluenceApproximation withoutCorrection() {
    return new InfluenceApproximation(name + " without correction", rate, parts, false);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("rate", rate, "parts", parts, "correcting", correcting);
  }

  @Override
  public Erasing begin(PictureRequest request) {
    return new Stride(request.copy(), parts, model -> displacement(model, request));
  }

  private Map<String, float[]> displacement(ImageClassifier model, PictureRequest request) {
    request.learnedFrom(request.forget().size());
    var forget = LossGradient.of(model, request.forget());
    Map<String, float[]> retain = Map.of();
    if (correcting) {
      request.learnedFrom(request.retain().size());
      retain = LossGradient.of(model, request.retain());
    }
    var displacement = new LinkedHashMap<String, float[]>();
    for (var entry : forget.entrySet()) {
      float[] step = new float[entry.getValue().length];
      float[] kept = retain.getOrDefault(entry.getKey(), new float[step.length]);
      for (int i = 0; i < step.length; i++) {
        double g = kept[i] - entry.getValue()[i];
        step[i] = (float) (-rate * g / (Math.abs(g) + EPSILON));
      }
      displacement.put(entry.getKey(), step);
    }
    return displacement;
  }
}
