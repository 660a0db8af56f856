package org.recollect.retrieval.domain;

import java.util.List;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;

/// DAPT, domain-adaptive pretraining (Gururangan et al., "Don't Stop Pretraining", 2020, section
/// 3): all weights are trained on with the text of the domain. It is to be repeated for every base.
///
/// @param tuning in what steps; its rate is not used
/// @param rates tried, of which the best on validation counts
public record Dapt(Training tuning, List<Double> rates) implements DomainArm {

  public Dapt {
    rates = DomainTask.checked(rates);
  }

  @Override
  public String name() {
    return "DAPT";
  }

  @Override
  public Adapted adapt(DomainTask task) {
    var base = task.base();
    var weights =
        task.best(
            rates,
            rate -> {
              var copy = base.weights().copy();
              tuning
                  .rate(rate)
                  .run(base.withWeights(copy), copy, task.training(), task.seed(), new Meter());
              return copy;
            },
            each -> task.loss(base.withWeights(each)),
            name(),
            tuning,
            base.weights().digest());
    return Adapted.alone(
        Predictor.owning(base.withWeights(weights)), weights.bytes(), flop(base, task));
  }

  private double flop(LanguageModel base, DomainTask task) {
    return 6.0 * base.weights().parameters() * tuning.predictions(task.training()) * rates.size();
  }
}
