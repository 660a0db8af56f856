package org.recollect.unlearning;

import java.util.List;
import java.util.stream.IntStream;
import org.recollect.model.Sampling;
import org.recollect.tensor.RandomStream;

/// Asking many times: answers are drawn from the model's distribution, and the one nearest to the
/// truth counts (Scholten et al., "A Probabilistic Perspective on Unlearning and Alignment for
/// Large Language Models", 2024, arXiv:2410.03523, find in samples what greedy decoding does not
/// show).
///
/// It touches measures of what is said, not of how likely answers are. The draws are the same for
/// the same seed and question. The best of many also flatters a model that never knew: read it
/// beside the oracle under the same attack.
///
/// @param samples of each question, at least 1
/// @param temperature of the softmax, above 0; 1 draws from the model's own distribution
public record RepeatedSampling(int samples, double temperature) implements Attack {

  public RepeatedSampling {
    if (samples < 1 || !(temperature > 0)) {
      throw new IllegalArgumentException(
          "A question is asked at least once at a temperature above 0, not %d times at %s."
              .formatted(samples, temperature));
    }
  }

  /// The same at another temperature.
  public RepeatedSampling at(double temperature) {
    return new RepeatedSampling(samples, temperature);
  }

  @Override
  public String name() {
    return temperature == 1
        ? "sampled " + samples
        : "sampled %d at %s".formatted(samples, temperature);
  }

  @Override
  public List<String> answers(Respondent respondent, String question, int tokens, long seed) {
    return IntStream.range(0, samples)
        .mapToObj(i -> {
          var random = RandomStream.of(seed, "sampled", question, i);
          var drawn = new Sampling.Random(temperature, Integer.MAX_VALUE, random);
          return respondent.respond(question, tokens, drawn);
        })
        .toList();
  }
}
