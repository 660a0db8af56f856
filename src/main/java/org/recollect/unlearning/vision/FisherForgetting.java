package org.recollect.unlearning.vision;

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
/// @param name as tables show it
/// @param sigma strength of the noise, above 0; the paper's `(lambda sigma_h²)^(1/4)`
public record FisherForgetting(String name, double sigma) implements Eraser {

  /// The largest standard deviation of the noise on one weight (inferred).
  public static final double LARGEST = .1;

  private static final double EPSILON = 1e-12;

  public FisherForgetting {
    if (!(sigma > 0)) {
      throw new IllegalArgumentException(
          "Fisher forgetting adds noise of a strength above 0, not %s.".formatted(sigma));
    }
  }

  /// The same under another name.
  public FisherForgetting named(String name) {
    return new FisherForgetting(name, sigma);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("sigma", sigma);
  }

  @Override
  public Erasing begin(PictureRequest request) {
    return Erasing.atOnce(request.copy(), model -> disturb(model, request));
  }

  private void disturb(ImageClassifier model, PictureRequest request) {
    request.learnedFrom(request.retain().size());
    try (var fisher =
        request.kept("fisher", () -> WeightImportance.fisher(model, request.retain()))) {
      model
          .trainable()
          .asMap()
          .forEach((name, weight) -> {
            var random = RandomStream.of(request.seed(), "Fisher noise", name);
            float[] importance = Memory.toFloats(fisher.get(name));
            float[] values = Memory.toFloats(weight);
            for (int i = 0; i < values.length; i++) {
              double spread = sigma * Math.pow(importance[i] + EPSILON, -.25);
              values[i] += (float) (Math.min(spread, LARGEST) * random.nextGaussian());
            }
            Memory.write(weight, values);
          });
    }
  }
}
