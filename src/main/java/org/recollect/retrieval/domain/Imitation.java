package org.recollect.retrieval.domain;

import ai.djl.ndarray.NDArray;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;

/// What a memory is trained by: to say what a look-up would say, and to predict the text,
///
/// `L = alpha KL(p_kNN || p_mem) + (1 - alpha) CE(next token, p_mem)`,
///
/// both averaged over the positions (Cao et al., "Memory Decoder", 2025, released code).
///
/// @param alpha weight of the imitation, 0 to 1; 0.5 in the released code
public record Imitation(double alpha) {

  /// @throws IllegalArgumentException if alpha is not from 0 to 1
  public Imitation {
    if (!(alpha >= 0 && alpha <= 1)) {
      throw new IllegalArgumentException(
          "The weight of the imitation is %s, but alpha is from 0 to 1.".formatted(alpha));
    }
  }

  /// Whether a look-up is needed at all.
  public boolean looksUp() {
    return alpha > 0;
  }

  /// The loss of a batch, a differentiable scalar in nats.
  ///
  /// @param logits of the memory `[n][vocab]`
  /// @param next the tokens that follow `[n]`
  /// @param targets of the look-up; not used where alpha is 0
  /// @param positions that the rows of `logits` have among the targets `[n]`
  public NDArray loss(NDArray logits, int[] next, SparseTargets targets, int[] positions) {
    var logs = Ops.logSoftmax(logits);
    var tokens = Memory.ofInts(logits.getManager(), next, next.length, 1);
    var likelihood = logs.gather(tokens, 1).mean().neg();
    return looksUp()
        ? Ops.scale(targets.divergence(logs, positions), alpha)
            .add(Ops.scale(likelihood, 1 - alpha))
        : likelihood;
  }
}
