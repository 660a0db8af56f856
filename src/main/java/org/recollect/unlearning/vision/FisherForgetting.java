package org.recollect.unlearning.vision;

import java.util.LinkedHashMap;
import java.util.Map;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.train.WeightImportance;

/// Fisher forgetting (Golatkar, Achille & Soatto, "Eternal Sunshine of the Spotless Net", 2020,
/// arXiv:1911.04933, section 5): noise on what the rest does not need,
///
/// `w <- w + sigma (F_r + epsilon)^(-1/4) n`, with `n` standard normal
///
/// and the diagonal Fisher information `F_r` of what is kept, exact ([WeightImportance]). Noise is
/// no larger than [#LARGEST], or weights that nothing depends on would leave the range of numbers
/// (inferred). The forget set itself plays no part.
///
/// The paper leaves sigma to be found. Here the noise may be added in equal parts, drawn once:
/// after `k` of them it has, as has its bound, `k / parts` of the strength. A study that leads its
/// arms to the oracle's probability ([ErasureStudy#FORGOTTEN]) thereby chooses it (inferred).
///
/// *Cost.* One pass over the retain set, forward and backward.
///
/// @param name as tables show it
/// @param sigma strength of the whole noise, above 0; the paper's `(lambda sigma_h²)^(1/4)`
/// @param parts in which it is added, at least 1
public record FisherForgetting(String name, double sigma, int parts) implements Eraser {

  /// The largest standard deviation of the noise on one weight (inferred).
  public static final double LARGEST = .1;

  private static final double EPSILON = 1e-12;

  public FisherForgetting {
    Stride.check(sigma, parts);
  }

  /// The same up to a strength, in equal parts.
  public FisherForgetting upTo(double sigma, int parts) {
    return new FisherForgetting(name, sigma, parts);
  }

  /// The same under another name.
  public FisherForgetting named(String name) {
    return new FisherForgetting(name, sigma, parts);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("sigma", sigma, "parts", parts);
  }

  @Override
  public Erasing begin(PictureRequest request) {
    return new Stride(request.copy(), parts, model -> noise(model, request));
  }

  private Map<String, float[]> noise(ImageClassifier model, PictureRequest request) {
    var all = new LinkedHashMap<String, float[]>();
    request.learnedFrom(request.retain().size());
    try (var fisher =
        request.kept("fisher", () -> WeightImportance.fisher(model, request.retain()))) {
      for (String name : model.trainable().asMap().keySet()) {
        var random = RandomStream.of(request.seed(), "Fisher noise", name);
        float[] importance = Memory.toFloats(fisher.get(name));
        float[] noise = new float[importance.length];
        for (int i = 0; i < noise.length; i++) {
          double spread = sigma * Math.pow(importance[i] + EPSILON, -.25);
          noise[i] = (float) (Math.min(spread, LARGEST) * random.nextGaussian());
        }
        all.put(name, noise);
      }
    }
    return all;
  }
}
