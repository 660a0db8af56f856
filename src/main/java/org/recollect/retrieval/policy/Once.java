package org.recollect.retrieval.policy;

import org.recollect.retrieval.Decisions;
import org.recollect.retrieval.Desk;
import org.recollect.retrieval.RetrievalPolicy;

/// One search with the question itself, and an answer from what it brings: retrieval augmentation
/// as it is usual (Lewis et al., "Retrieval-Augmented Generation", 2020).
public record Once() implements RetrievalPolicy {

  @Override
  public String name() {
    return "one search";
  }

  @Override
  public Answering on(Desk desk) {
    return Decisions::searched;
  }
}
