package org.recollect.train;

import ai.djl.ndarray.NDArray;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;

/// The loss of language models: the negative log-likelihood of each next token, in nats.
public final class NextToken {

  private NextToken() {}

  /// The weighted mean loss of a batch, a scalar.
  public static NDArray loss(LanguageModel model, Batch batch) {
    return mean(losses(model, batch), batch, batch.weight());
  }

  /// The weighted sum of a batch's losses over a total weight, a scalar. Of batches whose weights
  /// add up to that total, the sums add up to the mean of all.
  ///
  /// @param losses of the batch's predictions, `[rows * length]`
  public static NDArray mean(NDArray losses, Batch batch, double totalWeight) {
    float[] shares = new float[batch.weights().length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = (float) (batch.weights()[i] / totalWeight);
    }
    return losses.mul(Memory.ofFloats(losses.getManager(), shares)).sum();
  }

  /// The loss of every prediction, unweighted, `[rows * length]`.
  public static NDArray losses(LanguageModel model, Batch batch) {
    var manager = model.weights().get("model.norm.weight").getManager();
    var inputs = Memory.ofLongs(manager, batch.inputs(), batch.rows(), batch.length());
    var targets = Memory.ofLongs(manager, batch.targets(), batch.tokens(), 1);
    var logits = model.forward(inputs).reshape(batch.tokens(), -1);
    return Ops.logSoftmax(logits).gather(targets, 1).squeeze(1).neg();
  }
}
