package org.recollect.continual;

import java.util.Map;
import java.util.Optional;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;

/// A trained language model and what it was trained on, see [Base#of].
record PretrainedBase(LanguageModel model, Task task) implements Base {

  @Override
  public String name() {
    return model.config().size();
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("weights", model.weights().digest(), "general", task.digest());
  }

  @Override
  public Optional<Task> general() {
    return Optional.of(task);
  }

  @Override
  public Trainee begin(TaskStream stream, long seed, Meter meter) {
    return new LanguageTrainee(model.withWeights(model.weights().copy()), new Effort(meter));
  }
}
