package org.recollect.retrieval.policy;

import org.recollect.retrieval.Answer;
import org.recollect.retrieval.Desk;
import org.recollect.retrieval.Policy;
import org.recollect.retrieval.Turn;

/// One search with the question itself, and an answer from what it brings: retrieval augmentation
/// as it is usual (Lewis et al., "Retrieval-Augmented Generation", 2020).
public record Once() implements Policy {

  @Override
  public String name() {
    return "one search";
  }

  @Override
  public Answering on(Desk desk) {
    return Once::answer;
  }

  static Answer answer(Turn turn) {
    return Steps.answer(turn, turn.search(turn.question()));
  }
}
