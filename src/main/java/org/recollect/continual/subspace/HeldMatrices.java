package org.recollect.continual.subspace;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.recollect.continual.subspace.SingularDirections.Pair;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// Matrices while a task is learned: where they were before it, and which directions of each are
/// held. Owns both.
final class HeldMatrices implements AutoCloseable {
  private final Weights before;
  private final Map<String, Pair> held;
  private final boolean mixed;

  /// @param before taken over
  /// @param held by the names of some of these, taken over
  /// @param mixed whether a change may lie in the mixed blocks
  HeldMatrices(Weights before, Map<String, Pair> held, boolean mixed) {
    this.before = before;
    this.held = held;
    this.mixed = mixed;
  }

  /// Whether nothing is held.
  boolean isEmpty() {
    return held.isEmpty();
  }

  /// Cuts changes down to what is allowed, in place.
  ///
  /// @param changes of these matrices and maybe of other weights, which stay
  void project(Map<String, NDArray> changes) {
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      held.forEach((name, pair) -> {
        var change = changes.get(name);
        Memory.view(change).copyFrom(Memory.view(allowed(change, pair)));
      });
    }
  }

  /// What is left of a change `[out][in]`.
  private NDArray allowed(NDArray change, Pair pair) {
    return mixed
        ? change.sub(pair.right().projectRows(pair.left().project(change)))
        : pair.right().removeRows(pair.left().remove(change));
  }

  /// The share of what the matrices have moved by that lies where it must not, 0 to 1.
  ///
  /// @param now the weights, these matrices among them
  double leak(Weights now) {
    double forbidden = 0;
    double all = 0;
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      for (String name : before.names()) {
        var change = now.get(name).sub(before.get(name));
        all += square(change);
        if (held.containsKey(name)) {
          forbidden += square(change.sub(allowed(change, held.get(name))));
        }
      }
    }
    return all == 0 ? 0 : Math.min(1, Math.sqrt(forbidden / all));
  }

  private static double square(NDArray values) {
    double norm = values.norm().getFloat();
    return norm * norm;
  }

  @Override
  public void close() {
    before.close();
    held.values().forEach(Pair::close);
  }
}
