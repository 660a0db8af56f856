package org.recollect.continual.replay;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.recollect.continual.Hooks;
import org.recollect.continual.LessonBatches;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.tensor.Ops;

/// Replay of what the base was trained on, in place of what the tasks have taught (Ibrahim et al.,
/// "Simple and Scalable Strategies to Continually Pre-train Large Language Models", 2024,
/// arXiv:2403.08763): a small fixed set of general samples is learned in every step, exactly `b` of
/// them beside the `n` new lessons, from the first experience on,
///
/// `L = (n l(new) + b l(general)) / (n + b)`.
///
/// The samples come in turn, each once in random order and then again in another. Nothing of a task
/// is kept. `1 + b / n` times as much is read in a step as by plain tuning;
/// [org.recollect.continual.Matched] is the control of the same cost.
///
/// @param samples in the fixed set, at most, see [Start#general]
/// @param rows general samples in each step
public record GeneralReplay(int samples, int rows) implements Strategy {

  public GeneralReplay {
    if (samples < 1 || rows < 1) {
      throw new IllegalArgumentException(
          "General replay has at least one sample, and at least one in each step; got %d and %d."
              .formatted(samples, rows));
    }
  }

  @Override
  public String name() {
    return "general replay";
  }

  @Override
  public Hooks begin(Start start) {
    var general = start.general(samples);
    return new Hooks() {
      private LessonBatches batches;

      @Override
      public void beforeTask(Experience task) {
        var random = start.random("general replay").split(task.index());
        batches = new LessonBatches(general, rows, random);
      }

      @Override
      public NDArray loss(List<Lesson> batch, NDArray loss) {
        var general = start.trainee().loss(batches.next());
        double share = (double) rows / (batch.size() + rows);
        return Ops.scale(loss, 1 - share).add(Ops.scale(general, share));
      }
    };
  }
}
