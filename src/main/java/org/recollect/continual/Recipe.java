package org.recollect.continual;

import org.recollect.train.AdamW;
import org.recollect.train.Optimizer;
import org.recollect.train.Schedule;

/// How each task is learned; the same for all arms of a study, unless a strategy says otherwise of
/// its own accord, as LoRA does of the rate.
///
/// The optimiser begins each task without memory, and the rate with a warm-up: it rises over a
/// tenth of the task's steps and falls along a cosine to a tenth.
///
/// @param steps of each task
/// @param rows lessons in a batch
/// @param rate the highest learning rate
/// @param optimizer without memory at the beginning of each task
/// @param maxNorm longest gradient, see [org.recollect.train.Trainer]
public record Recipe(int steps, int rows, double rate, Optimizer optimizer, double maxNorm) {
  private static final double WARMUP = 0.1;
  private static final double FLOOR = 0.1;

  public Recipe {
    if (steps < 1 || rows < 1 || !(rate > 0)) {
      throw new IllegalArgumentException(
          "A task is learned in at least one step of at least one lesson at a rate above 0; got %d steps of %d at %s."
              .formatted(steps, rows, rate));
    }
  }

  /// AdamW with betas of 0.9 and 0.95 and a decay of 0.01, gradients clipped at 1.
  public static Recipe of(int steps, int rows, double rate) {
    return new Recipe(steps, rows, rate, new AdamW(0.9, 0.95, 1e-8, 0.01), 1);
  }

  /// The same with another number of steps.
  public Recipe steps(int other) {
    return new Recipe(other, rows, rate, optimizer, maxNorm);
  }

  /// The same with other batches.
  public Recipe rows(int other) {
    return new Recipe(steps, other, rate, optimizer, maxNorm);
  }

  /// The same at another rate.
  public Recipe rate(double other) {
    return new Recipe(steps, rows, other, optimizer, maxNorm);
  }

  /// The same with another optimiser.
  public Recipe with(Optimizer other) {
    return new Recipe(steps, rows, rate, other, maxNorm);
  }

  /// The rate of each step of a task.
  public Schedule schedule() {
    return new Schedule.Cosine(rate, Math.round(WARMUP * steps), steps, FLOOR);
  }
}
