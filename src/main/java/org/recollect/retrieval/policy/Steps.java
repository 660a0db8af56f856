package org.recollect.retrieval.policy;

import java.util.List;
import org.recollect.data.Passage;
import org.recollect.retrieval.Answer;
import org.recollect.retrieval.Decisions;
import org.recollect.retrieval.Turn;

/// What policies have in common.
final class Steps {
  private Steps() {}

  /// The answer that passages give.
  static Answer answer(Turn turn, List<Passage> passages) {
    var walk = turn.decide(Decisions.ANSWER, new Decisions.Reading(turn.question(), passages));
    return walk.complete()
        ? new Answer(
            walk.answer().text(), walk.steps().stream().map(each -> each.passage()).toList())
        : Answer.NONE;
  }

  /// The answer from memory.
  static Answer recalled(Turn turn) {
    return new Answer(turn.draft().text(), List.of());
  }
}
