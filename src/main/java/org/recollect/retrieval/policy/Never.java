package org.recollect.retrieval.policy;

import org.recollect.retrieval.Decisions;
import org.recollect.retrieval.Desk;
import org.recollect.retrieval.RetrievalPolicy;

/// Answers from memory, whatever is asked: the floor, and what says which facts are known.
public record Never() implements RetrievalPolicy {

  @Override
  public String name() {
    return "never";
  }

  @Override
  public Answering on(Desk desk) {
    return Decisions::recalled;
  }
}
