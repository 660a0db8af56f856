package org.recollect.unlearning;

import java.util.Map;

/// The loss of training, which keeps what is retained: `L = l(D_r)`, the mean over items of the
/// mean negative log-likelihood of their answers' tokens.
public record Likelihood() implements LossTerm {

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "likelihood");
  }

  @Override
  public Objective begin(Request request) {
    return (model, batch) -> batch.meanLoss(model);
  }
}
