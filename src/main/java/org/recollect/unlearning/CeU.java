package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// Cross-entropy unlearning (Yang, "CE-U: Cross Entropy Unlearning", 2025, arXiv:2503.01224): the
/// target is what the model itself says now, without the true token,
///
/// `q = softmax(z with z(y) = -infinity)`, through which no gradient goes\
/// `L = -sum_v q(v) log p(v)`, mean over items and over the tokens of their answers but the first.
///
/// Its gradient in the logits, `p - q`, is that of `-log(1 - p(y))`: it fades as the true token
/// does, where that of gradient ascent stays. The first token of an answer says how it begins, not
/// what is known, and is left out as the paper does (a footnote to its training settings).
public record CeU() implements LossTerm {

  /// Added to a logit, leaves nothing of its probability in float32.
  private static final double NEVER = -1e9;

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "CE-U");
  }

  @Override
  public Objective begin(Request request) {
    return (model, batch) -> {
      var logits = batch.logits(model);
      var shares = batch.withoutFirst().shares(model);
      return QaBatch.crossEntropies(target(model, batch, logits), logits).mul(shares).sum();
    };
  }

  /// `[rows][length][vocabulary]`
  static NDArray target(LanguageModel model, QaBatch batch, NDArray logits) {
    try (var _ = Torch.withoutGradients()) {
      return Ops.softmax(logits.add(Ops.scale(batch.oneHot(model), NEVER)));
    }
  }
}
