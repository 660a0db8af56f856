package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.recollect.model.LanguageModel;

/// DPO with a refusal preferred to the answer (Rafailov et al., "Direct Preference Optimization",
/// 2023, arXiv:2305.18290, equation 7; as a baseline of unlearning in Zhang et al., 2024,
/// arXiv:2404.05868),
///
/// `L = -(2 / beta) log sigmoid(beta (r(idk) - r(y)))`, mean over items, with `r(y) = log p(y|x) -
/// log p_0(y|x)`, summed over tokens.
///
/// The factor 2 is NPO's, so that the two are of one scale. The refusals are those of [Refusals],
/// one for each question (inferred: a new one at each reading in the released code).
///
/// @param beta above 0, per nat; 0.1 in open-unlearning
public record IdkPreference(double beta) implements LossTerm {

  public IdkPreference {
    Preference.checked(beta);
  }

  /// With the value of open-unlearning.
  public IdkPreference() {
    this(0.1);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "DPO for refusals", "beta", beta);
  }

  @Override
  public Objective begin(Request request) {
    var before = Before.of(request);
    return (model, batch) ->
        Preference.loss(model, batch, margins(request, before, model, batch), beta);
  }

  private static NDArray margins(
      Request request, Before before, LanguageModel model, QaBatch batch) {
    var refusals = batch.replacing(model, Refusals.to(batch.items(), request.seed()));
    long tokens = refusals.batch().tokens();
    request.meter().tokens(tokens).flop(6.0 * model.weights().parameters() * tokens);
    return Preference.logRatios(model, before, refusals)
        .sub(Preference.logRatios(model, before, batch));
  }
}
