package org.recollect.continual.regularise;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.tensor.Ops;

/// Hooks that add a [QuadraticPenalty] to the loss from the second task on; what is important is
/// said after each task. Only weights that move count: laid over LoRA, it holds the adapters.
abstract class AnchoredHooks implements Hooks {
  final QuadraticPenalty penalty = new QuadraticPenalty();
  final Start start;
  private final double strength;

  /// @param strength of the penalty
  AnchoredHooks(Start start, double strength) {
    this.start = start;
    this.strength = strength;
  }

  /// Some lessons of a task at random.
  ///
  /// @param count at most
  final List<Lesson> some(Experience task, int count) {
    var order = start.random("samples").split(task.index()).shuffle(task.lessons());
    return order.subList(0, Math.min(count, order.size()));
  }

  @Override
  public NDArray loss(List<Lesson> batch, NDArray loss) {
    return penalty.isEmpty()
        ? loss
        : loss.add(Ops.scale(penalty.of(start.trainee().trainable()), strength));
  }

  @Override
  public long bytes() {
    return penalty.bytes();
  }

  @Override
  public void save(Snapshot to) {
    penalty.save(to);
  }

  @Override
  public void load(Snapshot from) {
    penalty.load(from);
  }

  @Override
  public void close() {
    penalty.close();
  }
}
