package org.recollect.unlearning;

import java.util.Map;

/// Negative preference optimisation (Zhang et al., "Negative Preference Optimization: From
/// Catastrophic Collapse to Effective Unlearning", 2024, arXiv:2404.05868, equation 3): the half of
/// DPO that says what is not preferred,
///
/// `L = -(2 / beta) log sigmoid(-beta r)`, mean over items, with `r = log p(y|x) - log p_0(y|x)`,
/// summed over the tokens of the answer.
///
/// Its gradient is that of `r` times `2 sigmoid(beta r)`, from 1 where nothing is forgotten yet
/// down to 0 where all is. It is the gradient of [GradientAscent] on sums of tokens before the
/// first step and as beta goes to 0.
///
/// @param beta above 0, per nat; 0.1 in the paper and in open-unlearning
public record Npo(double beta) implements LossTerm {

  public Npo {
    Preference.checked(beta);
  }

  /// With the paper's beta.
  public Npo() {
    this(0.1);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "NPO", "beta", beta);
  }

  @Override
  public Objective begin(Request request) {
    var before = Before.of(request);
    return (model, batch) ->
        Preference.loss(model, batch, Preference.logRatios(model, before, batch).neg(), beta);
  }
}
