package org.recollect.continual.regularise;

import java.util.Arrays;
import java.util.SequencedMap;
import org.recollect.continual.Hooks;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Variants;
import org.recollect.data.Experience;
import org.recollect.tensor.Ops;
import org.recollect.train.WeightImportance;

/// Memory aware synapses (Aljundi et al., "Memory Aware Synapses: Learning what (not) to forget",
/// 2018, arXiv:1711.09601, equations 2 to 4): as [Ewc], with an importance that needs no labels,
///
/// `L = l + lambda sum_i Omega_i (w_i - w*_i)²`, `Omega_i = mean |d |f(x)|² / d w_i|`
///
/// for the logits `f`, of which the mean over a lesson's predictions is taken; `Omega` adds up over
/// tasks.
///
/// @param lambda strength, above 0
/// @param samples lessons that the importance is measured on, at most
public record Mas(double lambda, int samples) implements Strategy {

  public Mas {
    if (!(lambda > 0) || samples < 1) {
      throw new IllegalArgumentException(
          "MAS has a lambda above 0 and at least one sample; got %s and %d."
              .formatted(lambda, samples));
    }
  }

  /// With 200 samples.
  public Mas(double lambda) {
    this(lambda, 200);
  }

  @Override
  public String name() {
    return "MAS";
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    return Variants.strengths(
        "lambda", other -> new Mas(other, samples), lambda / 10, lambda, 10 * lambda);
  }

  @Override
  public Hooks begin(Start start) {
    return new AnchoredHooks(start, lambda) {
      @Override
      public void afterTask(Experience task) {
        var trainee = start.trainee();
        var some = some(task, samples);
        try (var sensitivity =
            WeightImportance.of(
                trainee.trainable(),
                some.size(),
                1,
                rows -> {
                  var lessons = Arrays.stream(rows).mapToObj(some::get).toList();
                  return Ops.square(trainee.logits(lessons)).sum(new int[] {1}).mean();
                },
                Math::abs)) {
          penalty.remember(trainee.trainable(), sensitivity, 1);
        }
      }
    };
  }
}
