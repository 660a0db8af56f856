package org.recollect.unlearning;

import java.util.Map;

/// Learning to refuse ("preference optimization" of TOFU, Maini et al., 2024, arXiv:2401.06121,
/// section 4.2): the loss of training, on a refusal in place of the answer,
///
/// `L = l(D_idk)`, mean over items of the mean negative log-likelihood of the refusal's tokens.
///
/// The answer itself is not touched: it may stay likely behind a refusal. The refusals are those of
/// [Refusals], one for each question.
public record Refusing() implements LossTerm {

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "likelihood of refusals");
  }

  @Override
  public Objective begin(Request request) {
    return (model, batch) ->
        batch.replacing(model, Refusals.to(batch.items(), request.seed())).meanLoss(model);
  }
}
