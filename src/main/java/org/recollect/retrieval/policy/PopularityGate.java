package org.recollect.retrieval.policy;

import org.recollect.retrieval.Desk;
import org.recollect.retrieval.Gate;

/// The less a question's subject is spoken of, the more a search is needed (Mallen et al., "When
/// Not to Trust Language Models", 2023, section 5). The paper has a threshold for each relation;
/// here one serves all, as it suggests where there are few questions of a relation to choose by.
public record PopularityGate() implements Gate {

  @Override
  public String name() {
    return "popularity";
  }

  @Override
  public Need on(Desk desk) {
    return turn ->
        -turn.popularity()
            .orElseThrow(() ->
                new IllegalStateException(
                    "The question '%s' notes no popularity: leave out the gates that need it."
                        .formatted(turn.question())))
            .subject();
  }
}
