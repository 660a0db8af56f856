package org.recollect.continual;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.recollect.data.Experience;

/// The scores `a[i][j]` on task `j` after experience `i`, where `a[0]` is before the first, and
/// what is made of them. Scores are better when higher. A task that recurs counts as learned from
/// the first time on.
///
/// Definitions are those of Chaudhry et al. ("Riemannian Walk", 2018, arXiv:1801.10112, section 3)
/// and Lopez-Paz and Ranzato ("Gradient Episodic Memory", 2017, arXiv:1706.08840, section 2).
///
/// @param scores `[1 + experiences][tasks]`
/// @param met the task of each experience, from 0
public record ScoreMatrix(double[][] scores, int... met) {

  public ScoreMatrix {
    if (scores.length != met.length + 1 || met.length == 0) {
      throw new IllegalArgumentException(
          "A matrix has a row before the first experience and one after each, but %d rows came with %d experiences."
              .formatted(scores.length, met.length));
    }
    for (double[] row : scores) {
      if (row.length != scores[0].length) {
        throw new IllegalArgumentException("All rows of a matrix have a score for each task.");
      }
    }
    for (int task = 0; task < scores[0].length; task++) {
      int wanted = task;
      if (Arrays.stream(met).noneMatch(each -> each == wanted)) {
        throw new IllegalArgumentException(
            "No experience is of task %d: a matrix has the tasks that are learned."
                .formatted(task));
      }
    }
  }

  /// A matrix from its rows in one piece.
  ///
  /// @param flat `[1 + experiences][tasks]`
  static ScoreMatrix of(List<Double> flat, List<Experience> experiences) {
    int rows = experiences.size() + 1;
    int tasks = flat.size() / rows;
    var scores = new double[rows][tasks];
    for (int i = 0; i < flat.size(); i++) {
      scores[i / tasks][i % tasks] = flat.get(i);
    }
    return new ScoreMatrix(scores, experiences.stream().mapToInt(Experience::task).toArray());
  }

  /// All scores row after row.
  double[] flat() {
    return Arrays.stream(scores).flatMapToDouble(Arrays::stream).toArray();
  }

  /// How many tasks there are.
  public int tasks() {
    return scores[0].length;
  }

  /// The row after the experience in which a task was first learned.
  public int row(int task) {
    return 1 + IntStream.range(0, met.length).filter(i -> met[i] == task).findFirst().orElseThrow();
  }

  private int last() {
    return scores.length - 1;
  }

  /// The scores in the end, `a[T][j]` for each task.
  public double[] performance() {
    return scores[last()].clone();
  }

  /// The mean score of the tasks learned until then, after each experience. Its mean is the average
  /// incremental accuracy (Rebuffi et al., "iCaRL", 2017, arXiv:1611.07725, section 4.1).
  public double[] performances() {
    return IntStream.range(1, scores.length)
        .mapToDouble(i ->
            IntStream.range(0, tasks())
                .filter(task -> row(task) <= i)
                .mapToDouble(task -> scores[i][task])
                .average()
                .orElseThrow())
        .toArray();
  }

  /// The score of each task right after it was learned, `a[j][j]`.
  public double[] learned() {
    return each(_ -> true, task -> scores[row(task)][task]);
  }

  /// Of each task but the last, the best score since it was learned minus the one in the end;
  /// negative where the end is best.
  public double[] forgetting() {
    return each(
        this::old,
        task ->
            IntStream.range(row(task), last()).mapToDouble(i -> scores[i][task]).max().orElseThrow()
                - scores[last()][task]);
  }

  /// Of each task but the last, the score in the end minus the one right after it was learned.
  public double[] backwardTransfer() {
    return each(this::old, task -> scores[last()][task] - scores[row(task)][task]);
  }

  /// Of each task but the first, the score before it is learned minus the one before all tasks.
  public double[] forwardTransfer() {
    return each(task -> row(task) > 1, task -> scores[row(task) - 1][task] - scores[0][task]);
  }

  /// The score that each task could have had minus the one right after it was learned.
  ///
  /// @param alone the score of each task where it is learned alone from the beginning `[tasks]`
  public double[] intransigence(double... alone) {
    return each(_ -> true, task -> alone[task] - scores[row(task)][task]);
  }

  private boolean old(int task) {
    return row(task) < last();
  }

  private interface OfTask {
    double of(int task);
  }

  private double[] each(IntPredicate which, OfTask value) {
    return IntStream.range(0, tasks()).filter(which).mapToDouble(value::of).toArray();
  }
}
