package org.recollect.retrieval.policy;

import java.util.ArrayList;
import java.util.List;
import org.recollect.data.Passage;
import org.recollect.retrieval.Answer;
import org.recollect.retrieval.Decisions;
import org.recollect.retrieval.Desk;
import org.recollect.retrieval.RetrievalPolicy;
import org.recollect.retrieval.Turn;

/// A fixed number of searches, each for what is still missing after those before it, and an answer
/// from all that they brought: iterative retrieval without a stop rule.
///
/// @param searches at least 1
public record Iterative(int searches) implements RetrievalPolicy {

  public Iterative {
    if (searches < 1) {
      throw new IllegalArgumentException(
          "Iterative retrieval searches at least once, not %d times.".formatted(searches));
    }
  }

  @Override
  public String name() {
    return searches + " searches";
  }

  @Override
  public String series() {
    return "fixed number of searches";
  }

  @Override
  public Answering on(Desk desk) {
    return this::answer;
  }

  private Answer answer(Turn turn) {
    var passages = new ArrayList<>(turn.search(turn.question()));
    var asked = new ArrayList<>(List.of(turn.question()));
    for (int i = 1; i < searches; i++) {
      var query =
          turn.decide(Decisions.NEW_QUERY, new Decisions.Asking(turn.question(), passages, asked));
      asked.add(query);
      for (Passage passage : turn.search(query + "\n" + turn.question())) {
        if (!passages.contains(passage)) {
          passages.add(passage);
        }
      }
    }
    return Decisions.answer(turn, passages);
  }
}
