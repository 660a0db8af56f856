package org.recollect.continual;

import java.util.Map;
import java.util.Optional;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.lab.Meter;

/// A base of which it is known, or said, what it can do, see [Base#knowing].
record KnownBase(Base base, Task task) implements Base {

  @Override
  public String name() {
    return base.name();
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("base", base.configuration(), "general", task.digest());
  }

  @Override
  public Optional<Task> general() {
    return Optional.of(task);
  }

  @Override
  public Trainee begin(TaskStream stream, long seed, Meter meter) {
    return base.begin(stream, seed, meter);
  }
}
