package org.recollect.continual;

import java.util.List;
import java.util.Map;
import org.recollect.data.Task;
import org.recollect.lab.Measure;

/// What is asked of a model besides the tasks of its stream, see [ContinualStudy#judging].
///
/// @param measure that the scores become
/// @param tasks whose tests are asked; at least one
record Inquiry(Measure measure, List<Task> tasks) {

  Inquiry {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is to be judged by no task: give at least one.".formatted(measure));
    }
  }

  /// The score on each task.
  double[] of(Trainee judged) {
    return tasks.stream().mapToDouble(task -> judged.score(Base.judged(task))).toArray();
  }

  Map<String, ?> configuration() {
    return Map.of("measure", measure.name(), "tasks", tasks.stream().map(Task::digest).toList());
  }
}
