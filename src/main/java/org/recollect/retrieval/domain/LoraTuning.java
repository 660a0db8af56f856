package org.recollect.retrieval.domain;

import java.util.List;
import org.recollect.lab.Meter;
import org.recollect.model.Lora;
import org.recollect.tensor.Weights;

/// LoRA (see [Lora]): thin matrices beside the maps of queries and values are trained on the text
/// of the domain, and added to the maps.
///
/// @param rank of the products
/// @param alpha their scale times the rank
/// @param tuning in what steps; its rate is not used
/// @param rates tried, of which the best on validation counts
public record LoraTuning(int rank, double alpha, Training tuning, List<Double> rates)
    implements DomainArm {

  public LoraTuning {
    rates = DomainTask.checked(rates);
  }

  @Override
  public String name() {
    return "LoRA";
  }

  @Override
  public Adapted adapt(DomainTask task) {
    var base = task.base();
    try (var weights =
        task.best(
            rates,
            rate -> trained(task, rate),
            each -> {
              try (var merged = new Lora(rank, alpha, each).mergedInto(base)) {
                return task.loss(merged);
              }
            },
            this,
            base.weights().digest())) {
      var merged = new Lora(rank, alpha, weights).mergedInto(base);
      // The gradient passes through the base's weights without training them.
      double perToken = 4.0 * base.weights().parameters() + 6.0 * weights.parameters();
      return Adapted.alone(
          Predictor.owning(merged),
          weights.bytes(),
          perToken * tuning.predictions(task.training()) * rates.size());
    }
  }

  private Weights trained(DomainTask task, double rate) {
    var lora = Lora.of(task.base(), rank, alpha, task.seed(), "q_proj", "v_proj");
    tuning
        .rate(rate)
        .run(lora.on(task.base()), lora.weights(), task.training(), task.seed(), new Meter());
    return lora.weights();
  }
}
