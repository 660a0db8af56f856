package org.recollect.continual.regularise;

import ai.djl.ndarray.NDArray;
import org.recollect.continual.Snapshot;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// A pull of each weight to where it was, as strong as the weight is important:
///
/// `sum_i importance_i (w_i - anchor_i)²`
///
/// Mutable: grows with each task. Owns copies of both.
public final class QuadraticPenalty implements AutoCloseable {
  private Weights importance;
  private Weights anchor;

  /// Whether there is a task to remember.
  public boolean isEmpty() {
    return anchor == null;
  }

  /// The penalty, a differentiable scalar.
  ///
  /// @param weights of the names that the importance is of
  public NDArray of(Weights weights) {
    NDArray sum = null;
    for (var entry : importance.asMap().entrySet()) {
      var moved = weights.get(entry.getKey()).sub(anchor.get(entry.getKey()));
      var part = Ops.square(moved).mul(entry.getValue()).sum();
      sum = sum == null ? part : sum.add(part);
    }
    return sum;
  }

  /// After a task: what was important before counts for less, and what is so now is added; the
  /// anchor is where the weights are.
  ///
  /// @param weights as the task left them
  /// @param added importance of the same names and shapes, at least 0
  /// @param keep share of the importance before
  public void remember(Weights weights, Weights added, double keep) {
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      var before = importance;
      importance =
          added.map(
              (name, more) -> before == null ? more : Ops.scale(before.get(name), keep).add(more));
      close(before);
      close(anchor);
      anchor = weights.copy();
    }
  }

  /// Bytes of importance and anchor.
  public long bytes() {
    return isEmpty() ? 0 : 2 * anchor.bytes();
  }

  /// Writes both down, if there are any.
  public void save(Snapshot to) {
    if (!isEmpty()) {
      to.put("importance", importance);
      to.put("anchor", anchor);
    }
  }

  /// Takes up what [#save] wrote.
  public void load(Snapshot from) {
    if (from.has("anchor")) {
      importance = from.weights("importance");
      anchor = from.weights("anchor");
    }
  }

  @Override
  public void close() {
    close(importance);
    close(anchor);
  }

  private static void close(Weights weights) {
    if (weights != null) {
      weights.close();
    }
  }
}
