package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Ops;

/// The divergence from the model as it was, which keeps what it says of the retained items (TOFU,
/// Maini et al., 2024, arXiv:2401.06121, section 4.2, "KL minimization"):
///
/// `L = KL(p_0 || p)`, mean over items and over the tokens of their answers, in nats.
public record Anchor() implements LossTerm {

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "KL to the model before");
  }

  @Override
  public Objective begin(Request request) {
    var before = Before.of(request);
    return (model, batch) -> divergence(before, model, batch);
  }

  /// `KL(p_0 || p)`, mean over items and over the tokens of their answers, a scalar.
  static NDArray divergence(Before before, LanguageModel model, QaBatch batch) {
    var was = before.read(batch, it -> Ops.logSoftmax(batch.logits(it)));
    var now = Ops.logSoftmax(batch.logits(model));
    var byToken = was.exp().mul(was.sub(now)).sum(new int[] {2});
    return byToken.mul(batch.shares(model)).sum();
  }
}
