package org.recollect.retrieval.policy;

import org.recollect.retrieval.Desk;
import org.recollect.retrieval.Gate;

/// The less sure a model is of the least likely token of its draft, the more a search is needed:
/// FLARE's trigger (Jiang et al., "Active Retrieval Augmented Generation", 2023, section 3.2) on an
/// answer of one sentence. The search is with the question itself, not with the draft.
public record ConfidenceGate() implements Gate {

  @Override
  public String name() {
    return "least probability";
  }

  @Override
  public Need on(Desk desk) {
    return turn -> 1 - turn.draft().leastProbability();
  }
}
