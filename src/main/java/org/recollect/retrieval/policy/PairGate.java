package org.recollect.retrieval.policy;

import org.recollect.retrieval.Desk;
import org.recollect.retrieval.Gate;

/// WiTQA ("Retrieval Helps or Hurts?", 2024): the less a subject is spoken of together with the
/// relation that is asked for (the S-R count), the more a search is needed. That one threshold on
/// this count decides is inferred.
public record PairGate() implements Gate {

  @Override
  public String name() {
    return "S-R count";
  }

  @Override
  public Need on(Desk desk) {
    return turn ->
        -turn.popularity()
            .flatMap(popularity -> popularity.pair().stream().boxed().findFirst())
            .orElseThrow(() ->
                new IllegalStateException(
                    "The question '%s' notes no S-R count: leave out the gates that need it."
                        .formatted(turn.question())));
  }
}
