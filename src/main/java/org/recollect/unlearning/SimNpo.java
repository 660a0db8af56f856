package org.recollect.unlearning;

import java.util.Map;

/// NPO without a reference model (Fan et al., "Simplicity Prevails: Rethinking Negative Preference
/// Optimization for LLM Unlearning", 2024, arXiv:2410.07163): the mean loss of an answer's tokens
/// stands in place of the log-ratio, so that long answers weigh no more than short ones and items
/// that were hard to begin with are left sooner,
///
/// `L = -(2 / beta) log sigmoid(beta (l - delta))`, mean over items, with `l` the mean negative
/// log-likelihood of the answer's tokens.
///
/// @param beta above 0, per nat; 4.5 in open-unlearning
/// @param delta the loss at which the slope is half the steepest, in nats a token; 0 in
///   open-unlearning
public record SimNpo(double beta, double delta) implements LossTerm {

  public SimNpo {
    Preference.checked(beta);
    if (!Double.isFinite(delta)) {
      throw new IllegalArgumentException(
          "The margin delta of SimNPO is a number, not %s: take 0.".formatted(delta));
    }
  }

  /// With the values of open-unlearning.
  public SimNpo() {
    this(4.5, 0);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "SimNPO", "beta", beta, "delta", delta);
  }

  @Override
  public Objective begin(Request request) {
    return (model, batch) ->
        Preference.loss(model, batch, batch.answerMeans(model).sub(delta), beta);
  }
}
