package org.recollect.retrieval.domain;

/// kNN-LM (Khandelwal et al., "Generalization through Memorization: Nearest Neighbor Language
/// Models", 2020): beside the base stands a look-up by the base's own states, see [Datastore].
///
/// @param neighbours looked up for each token, at least 1
public record KnnLm(int neighbours) implements DomainArm {

  public KnnLm {
    if (neighbours < 1) {
      throw new IllegalArgumentException(
          "A look-up finds at least one neighbour, not %d.".formatted(neighbours));
    }
  }

  @Override
  public String name() {
    return "kNN-LM";
  }

  @Override
  public Adapted adapt(DomainTask task) {
    var lookup = Lookup.chosen(task.base(), task, neighbours);
    double reading = 2.0 * task.base().weights().parameters() * task.places();
    return Adapted.beside(Predictor.of(task.base()), lookup, lookup.store().bytes(), reading);
  }
}
