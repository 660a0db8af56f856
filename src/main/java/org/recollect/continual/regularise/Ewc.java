package org.recollect.continual.regularise;

import java.util.Arrays;
import java.util.SequencedMap;
import org.recollect.continual.Hooks;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Variants;
import org.recollect.data.Experience;
import org.recollect.train.WeightImportance;

/// Elastic weight consolidation (Kirkpatrick et al., "Overcoming catastrophic forgetting in neural
/// networks", 2017, arXiv:1612.00796, equation 3) in its online form (Schwarz et al., "Progress &
/// Compress", 2018, arXiv:1805.06370, section 3.1):
///
/// `L = l + lambda / 2 sum_i F_i (w_i - w*_i)²`
///
/// After each task `w*` is where the weights are and `F = gamma F + F_t`, where `F_t` is the mean
/// over lessons of the squared gradient of the loss with the true answers, lesson by lesson. Only
/// weights that move count: laid over LoRA, it holds the adapters.
///
/// @param lambda strength, above 0; the scale of `F` depends on the model, so that it must be tuned
/// @param gamma share of the earlier tasks' `F`, 0 to 1
/// @param samples lessons that `F_t` is measured on, at most
public record Ewc(double lambda, double gamma, int samples) implements Strategy {

  public Ewc {
    if (!(lambda > 0 && gamma >= 0 && gamma <= 1) || samples < 1) {
      throw new IllegalArgumentException(
          "EWC has a lambda above 0, a gamma of 0 to 1 and at least one sample; got %s, %s and %d."
              .formatted(lambda, gamma, samples));
    }
  }

  /// With a gamma of 1 and 200 samples.
  public Ewc(double lambda) {
    this(lambda, 1, 200);
  }

  @Override
  public String name() {
    return "EWC";
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    return Variants.strengths(
        "lambda", other -> new Ewc(other, gamma, samples), lambda / 10, lambda, 10 * lambda);
  }

  @Override
  public Hooks begin(Start start) {
    return new AnchoredHooks(start, lambda / 2) {
      @Override
      public void afterTask(Experience task) {
        var trainee = start.trainee();
        var some = some(task, samples);
        try (var fisher =
            WeightImportance.of(
                trainee.trainable(),
                some.size(),
                1,
                rows -> trainee.loss(Arrays.stream(rows).mapToObj(some::get).toList()),
                gradient -> gradient * gradient)) {
          penalty.remember(trainee.trainable(), fisher, gamma);
        }
      }
    };
  }
}
