package org.recollect.continual.subspace;

import java.util.Arrays;
import org.recollect.continual.Snapshot;

/// The [leak][org.recollect.continual.ContinualMeasures#LEAK] of each task so far. Mutable.
final class Leaks {
  private static final String NAME = "leaks";

  private double[] tasks = {};

  /// That of the task that has ended.
  void add(double leak) {
    tasks = Arrays.copyOf(tasks, tasks.length + 1);
    tasks[tasks.length - 1] = leak;
  }

  /// Task by task.
  double[] all() {
    return tasks.clone();
  }

  void save(Snapshot to) {
    to.put(NAME, tasks);
  }

  void load(Snapshot from) {
    tasks = from.numbers(NAME);
  }
}
