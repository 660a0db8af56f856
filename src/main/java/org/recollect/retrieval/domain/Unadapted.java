package org.recollect.retrieval.domain;

/// The base as it is: the bound that stands in every table.
public record Unadapted() implements DomainArm {

  @Override
  public String name() {
    return "base";
  }

  @Override
  public Adapted adapt(DomainTask task) {
    return Adapted.alone(Predictor.of(task.base()), 0, 0);
  }
}
