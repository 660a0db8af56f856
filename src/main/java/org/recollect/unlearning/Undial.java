package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Ops;

/// Self-distillation with adjusted logits (Dong et al., "UNDIAL: Self-Distillation with Adjusted
/// Logits for Robust Unlearning in Large Language Models", 2024, arXiv:2402.10052): the model
/// before is the teacher, with the logit of the true token lowered,
///
/// `q = softmax(z_0 - beta onehot(y))`\
/// `L = -sum_v q(v) log p(v)`, mean over items and over the tokens of their answers.
///
/// The target stays where it is, so that the loss is bounded from below and needs no early end: its
/// gradient in the logits is `p - q`. The released code of open-unlearning counts the tokens of
/// questions and fillings as well; here only those of answers count.
///
/// @param beta by how much the true token's logit is lowered, at least 0; 10 in open-unlearning
public record Undial(double beta) implements LossTerm {

  public Undial {
    if (!(beta >= 0)) {
      throw new IllegalArgumentException(
          "UNDIAL lowers a logit by at least 0, not %s: take 10.".formatted(beta));
    }
  }

  /// With the value of open-unlearning.
  public Undial() {
    this(10);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "UNDIAL", "beta", beta);
  }

  @Override
  public Objective begin(Request request) {
    var before = Before.of(request);
    return (model, batch) -> {
      var target = before.read(batch, teacher -> target(teacher, batch));
      return QaBatch.crossEntropies(target, batch.logits(model)).mul(batch.shares(model)).sum();
    };
  }

  private NDArray target(LanguageModel teacher, QaBatch batch) {
    return Ops.softmax(batch.logits(teacher).sub(Ops.scale(batch.oneHot(teacher), beta)));
  }
}
