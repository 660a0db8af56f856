package org.recollect.unlearning;

import java.util.Map;

/// Gradient ascent (Jang et al., "Knowledge Unlearning for Mitigating Privacy Risks in Language
/// Models", 2022, arXiv:2210.01504, section 3.1): up the loss of what is to be forgotten,
///
/// `L = -l(D_f)`, with `l` the mean over items of the mean negative log-likelihood of their
/// answers' tokens.
///
/// Nothing bounds it from below: it must be stopped in time.
public record GradientAscent() implements LossTerm {

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "gradient ascent");
  }

  @Override
  public Objective begin(Request request) {
    return (model, batch) -> batch.meanLoss(model).neg();
  }
}
