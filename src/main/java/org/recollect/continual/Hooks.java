package org.recollect.continual;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.lab.Measure;

/// A strategy at work: the lines of a paper's algorithm, each where it belongs.
///
/// ```
/// for each experience:
///   beforeTask(experience)
///   for each batch of lessons(experience):
///     batch = beforeStep(batch)
///     loss(batch, mean loss of the batch).backward()
///     gradient(gradients)
///     displacement = optimiser(gradients)
///     step(displacement)
///     afterStep(batch)
///   afterTask(experience)
/// ```
///
/// What is not overridden changes nothing: plain sequential tuning. Mutable; owns what it keeps.
/// Arrays that it makes belong to the step's scope unless [org.recollect.tensor.Weights] take them
/// over.
public interface Hooks extends AutoCloseable {

  /// Before a task: lay overlays, choose what moves, take statistics.
  default void beforeTask(Experience task) {}

  /// What is learned in this task, in place of its own lessons.
  default List<Lesson> lessons(Experience task, List<Lesson> own) {
    return own;
  }

  /// Before a step: what is learned in it. A second gradient, such as that of a memory, is taken
  /// here: none can be taken between the loss and its gradient.
  ///
  /// @param drawn from the task's lessons
  default List<Lesson> beforeStep(List<Lesson> drawn) {
    return drawn;
  }

  /// What is minimised, differentiable.
  ///
  /// @param batch of this step
  /// @param loss the batch's mean loss, a scalar, and what strategies before this one have made of
  ///   it
  default NDArray loss(List<Lesson> batch, NDArray loss) {
    return loss;
  }

  /// Changes the gradient in place, before it is clipped.
  ///
  /// @param gradients by the names of the weights that move
  default void gradient(Map<String, NDArray> gradients) {}

  /// Whether [#step] has something to say.
  default boolean constrains() {
    return false;
  }

  /// Changes in place what the optimiser adds to the weights.
  ///
  /// @param displacements by the names of the weights that move
  default void step(Map<String, NDArray> displacements) {}

  /// After the weights have moved.
  default void afterStep(List<Lesson> batch) {}

  /// After a task: merge, measure importance, remember.
  default void afterTask(Experience task) {}

  /// Who answers when a task is judged.
  ///
  /// @param task where the scenario tells it, or the strategy is an oracle
  /// @param trained the trainee, or whom strategies before this one have put in its place
  /// @return the trainee itself, as it is to be judged until the next step or task begins, or one
  ///   that the strategy owns
  default Trainee judged(OptionalInt task, Trainee trained) {
    return trained;
  }

  /// A measure that this strategy alone knows, see [Strategy#figures].
  ///
  /// @return a number, or one for each item
  default double[] figure(Measure measure) {
    return new double[] {0};
  }

  /// The bytes that are kept from one task to the next, besides the model's own weights.
  default long bytes() {
    return 0;
  }

  /// Writes down what this strategy will need after the present task, so that the course can go on
  /// another day.
  default void save(Snapshot to) {}

  /// Takes up again what [#save] wrote, in the place of all tasks until then. The trainee's own
  /// weights are as they were; what lay over it and what moved is not.
  default void load(Snapshot from) {}

  @Override
  default void close() {}
}
