package org.recollect.retrieval.policy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.recollect.retrieval.Answer;
import org.recollect.retrieval.Decisions;
import org.recollect.retrieval.Desk;
import org.recollect.retrieval.Draft;
import org.recollect.retrieval.RetrievalPolicy;
import org.recollect.retrieval.Turn;

/// FLARE (Jiang et al., "Active Retrieval Augmented Generation", 2023, section 3.2, with implicit
/// queries by masking). What a model is about to say is a query, without what it is unsure of:
///
/// 1. draft `s` with token probabilities `p_i`, its end included
/// 2. `s`, if every `p_i >= theta`
/// 3. else `answer(q, search(q + " " + mask(s)))`, where the mask takes out the tokens of `p_i <
///    beta`
///
/// Here an answer is one sentence, so the loop over sentences is one round. The released code
/// searches for the masked sentence alone once it has searched for the question; our drafts are the
/// bare answer and do not say what is asked, so that the question stands before it: inferred. The
/// code also takes a probability of exactly theta for unsure, and one of exactly beta for masked. A
/// model that gives no probabilities is unsure of everything.
///
/// @param theta probability that every token needs to be accepted, 0 to 1: 0.8, as the released
///   configuration for 2WikiMultihopQA has it (it was swept from 0.2 to 0.8, which was not
///   re-checked against the paper)
/// @param beta probability under which a token is masked, 0 to 1: 0.4, as the same has it
public record Flare(double theta, double beta) implements RetrievalPolicy {

  public Flare {
    if (!(theta >= 0 && theta <= 1 && beta >= 0 && beta <= 1)) {
      throw new IllegalArgumentException(
          "FLARE compares probabilities with thresholds of 0 to 1, not with %s and %s."
              .formatted(theta, beta));
    }
  }

  /// As released for 2WikiMultihopQA.
  public static Flare released() {
    return new Flare(0.8, 0.4);
  }

  /// The same with another threshold for a search.
  public Flare under(double theta) {
    return new Flare(theta, beta);
  }

  @Override
  public String name() {
    return theta == 0.8 ? "FLARE" : "FLARE %s".formatted(theta);
  }

  @Override
  public String series() {
    return "FLARE";
  }

  @Override
  public Answering on(Desk desk) {
    return this::answer;
  }

  private Answer answer(Turn turn) {
    var draft = turn.draft();
    return draft.leastProbability() >= theta
        ? Decisions.recalled(turn)
        : Decisions.answer(turn, turn.search((turn.question() + " " + masked(draft)).strip()));
  }

  /// The draft without what it is unsure of.
  String masked(Draft draft) {
    return IntStream.range(0, draft.tokens().size())
        .mapToObj(i -> draft.probabilities()[i] < beta ? " " : draft.tokens().get(i))
        .collect(Collectors.joining())
        .replaceAll("\\s+", " ")
        .strip();
  }
}
