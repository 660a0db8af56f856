package org.recollect.continual.replay;

import java.util.List;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;

/// Hooks with a [Reservoir] of what has been learned, which is used from the second task on.
abstract class RememberingHooks implements Hooks {
  final Start start;
  final Reservoir memory;
  private boolean later;

  /// @param size lessons in memory, at most
  RememberingHooks(Start start, int size) {
    this.start = start;
    this.memory = new Reservoir(size, start.random("memory"));
  }

  /// Whether a task has been learned before the present one.
  final boolean remembers() {
    return later;
  }

  @Override
  public void afterStep(List<Lesson> batch) {
    batch.forEach(memory::offer);
  }

  @Override
  public void afterTask(Experience task) {
    later = true;
  }

  @Override
  public void save(Snapshot to) {
    memory.save(to);
  }

  @Override
  public void load(Snapshot from) {
    memory.load(from, start.stream());
    later = true;
  }
}
