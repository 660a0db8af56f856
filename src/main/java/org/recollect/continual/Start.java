package org.recollect.continual;

import java.util.List;
import java.util.stream.IntStream;
import org.recollect.data.Lesson;
import org.recollect.data.TaskStream;
import org.recollect.tensor.RandomStream;

/// What a strategy is given before the first task.
///
/// @param trainee that it is to teach, as its base left it; the strategy does not close it
/// @param stream of the tasks; a strategy that looks ahead says so
/// @param general lessons of what the base was trained on, for methods that keep a few of them;
///   none where the base has learned nothing
/// @param recipe by which each task is learned
/// @param seed of all that is drawn at random
public record Start(
    Trainee trainee, TaskStream stream, List<Lesson> general, Recipe recipe, long seed) {

  /// Some of the general lessons, at even distances: of several skills, as many of each.
  ///
  /// @throws IllegalStateException if the base has none
  public List<Lesson> general(int count) {
    if (general.isEmpty()) {
      throw new IllegalStateException(
          "This strategy needs samples of what the base was trained on: take a base that has learned something, such as Base.of(Models.microJava()).");
    }
    int some = Math.min(count, general.size());
    return IntStream.range(0, some)
        .mapToObj(i -> general.get((int) ((long) i * general.size() / some)))
        .toList();
  }

  /// A stream of random numbers for a purpose.
  public RandomStream random(String purpose) {
    return RandomStream.of(seed, "strategy", purpose);
  }
}
