package org.recollect.continual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.data.Experience;

/// Scores along the way: after every few steps, on some of the examples of each task, from before
/// the first step on. What happens between the ends of two tasks shows nowhere else (De Lange, van
/// de Ven and Tuytelaars, "Continual evaluation for lifelong learning", 2022, arXiv:2205.13452,
/// sections 3 and 4).
///
/// A task is *new* in the experience in which it is first met and *old* afterwards. Before that it
/// is not evaluated: it keeps its first score.
///
/// @param points in the order of time
/// @param ends the step after which each experience was over `[experiences]`
/// @param met the task of each experience
public record Trace(List<Trace.Point> points, long[] ends, int... met) {

  /// One evaluation.
  ///
  /// @param step taken before it, over all experiences
  /// @param scores `[tasks]`, higher is better
  public record Point(long step, double[] scores) {}

  public Trace {
    points = List.copyOf(points);
    if (points.isEmpty()) {
      throw new IllegalArgumentException("A trace has at least one evaluation.");
    }
  }

  /// A trace from its points in one piece.
  ///
  /// @param flat `[points][1 + tasks]`, steps first
  static Trace of(List<Double> flat, int tasks, List<Experience> experiences) {
    var points = new ArrayList<Point>();
    for (int at = 0; at < flat.size(); at += tasks + 1) {
      var scores = flat.subList(at + 1, at + 1 + tasks);
      points.add(
          new Point(
              Math.round(flat.get(at)), scores.stream().mapToDouble(score -> score).toArray()));
    }
    long steps = points.getLast().step() / experiences.size();
    long[] ends =
        IntStream.rangeClosed(1, experiences.size()).mapToLong(count -> count * steps).toArray();
    return new Trace(points, ends, experiences.stream().mapToInt(Experience::task).toArray());
  }

  /// All points one after another, the step before the scores.
  double[] flat() {
    var flat = new ArrayList<Double>();
    for (Point point : points) {
      flat.add((double) point.step());
      for (double score : point.scores()) {
        flat.add(score);
      }
    }
    return flat.stream().mapToDouble(number -> number).toArray();
  }

  private int tasks() {
    return points.getFirst().scores().length;
  }

  /// The experience in which a task is new.
  private int first(int task) {
    return IntStream.range(0, met.length).filter(i -> met[i] == task).findFirst().orElseThrow();
  }

  private int lastNew() {
    return IntStream.range(0, tasks()).map(this::first).max().orElseThrow();
  }

  /// The scores of a task after its first experience.
  private double[] sinceLearned(int task) {
    long end = ends[first(task)];
    return scores(task, end + 1, Long.MAX_VALUE);
  }

  /// The scores of a task from one step to another, both included.
  private double[] scores(int task, long from, long to) {
    return points.stream()
        .filter(point -> point.step() >= from && point.step() <= to)
        .mapToDouble(point -> point.scores()[task])
        .toArray();
  }

  private double at(int task, long step) {
    return scores(task, step, step)[0];
  }

  /// The lowest score of each old task since it was learned: the mean is min-ACC (equation 3).
  public double[] minimum() {
    return IntStream.range(0, tasks())
        .filter(task -> first(task) < lastNew())
        .mapToDouble(task -> least(sinceLearned(task)))
        .toArray();
  }

  /// The worst that can be said of the model in the end: the last score of the newest task, and
  /// min-ACC in place of those of old ones, weighed by how many they are (WC-ACC, equation 4).
  public double worstCase() {
    double newest = points.getLast().scores()[met[lastNew()]];
    double share = 1.0 / tasks();
    double[] minimum = minimum();
    return minimum.length == 0
        ? newest
        : share * newest + (1 - share) * Arrays.stream(minimum).average().orElseThrow();
  }

  /// The largest fall of each task's score within so many evaluations (windowed forgetting, WF,
  /// equation 5), from the beginning of its first experience on.
  public double[] fall(int window) {
    return largest(window, 1);
  }

  /// The largest rise likewise (windowed plasticity, WP, equation 6).
  public double[] rise(int window) {
    return largest(window, -1);
  }

  private double[] largest(int window, int sign) {
    return IntStream.range(0, tasks())
        .mapToDouble(task -> {
          double[] scores = scores(task, begin(first(task)), Long.MAX_VALUE);
          double largest = 0;
          for (int from = 0; from < scores.length; from++) {
            for (int to = from + 1; to < Math.min(scores.length, from + window); to++) {
              largest = Math.max(largest, sign * (scores[from] - scores[to]));
            }
          }
          return largest;
        })
        .toArray();
  }

  /// The step before the first of an experience.
  private long begin(int experience) {
    return experience == 0 ? 0 : ends[experience - 1];
  }

  /// How far each old task falls right after each switch to another task: the score at the switch
  /// minus the lowest within so many steps after it, and before the next switch, for each pair of
  /// switch and old task.
  public double[] gapDepths(int steps) {
    return pairs((task, experience) -> {
      long switched = begin(experience);
      long end = Math.min(switched + steps, ends[experience]);
      return at(task, switched) - least(scores(task, switched, end));
    });
  }

  /// How many steps it takes after each switch until each old task has 95 % of its score at the
  /// switch again and keeps it, for each pair; 0 where it never falls below, and all steps of the
  /// experience where it does not recover.
  public double[] recoveries() {
    return pairs(this::recovery);
  }

  private double recovery(int task, int experience) {
    long switched = begin(experience);
    double wanted = 0.95 * at(task, switched);
    double recovered = 0;
    boolean below = false;
    for (Point point : points) {
      if (point.step() > switched && point.step() <= ends[experience]) {
        boolean low = point.scores()[task] < wanted;
        recovered = below && !low ? point.step() - switched : recovered;
        below = low;
      }
    }
    return below ? ends[experience] - switched : recovered;
  }

  /// The mean of the first scores of each task from the beginning of its first experience on
  /// (learning-curve area, LCA, of Chaudhry et al., "Efficient Lifelong Learning with A-GEM", 2018,
  /// arXiv:1812.00420, definition 3).
  ///
  /// @param beta evaluations after the one before the first step
  public double[] areas(int beta) {
    return IntStream.range(0, tasks())
        .mapToDouble(task -> {
          int experience = first(task);
          double[] scores = scores(task, begin(experience), ends[experience]);
          return IntStream.rangeClosed(0, Math.min(beta, scores.length - 1))
              .mapToDouble(i -> scores[i])
              .average()
              .orElseThrow();
        })
        .toArray();
  }

  private interface OfPair {
    double of(int task, int experience);
  }

  /// A number for each switch to another task and each task that is old then.
  private double[] pairs(OfPair value) {
    var values = new ArrayList<Double>();
    for (int experience = 1; experience < met.length; experience++) {
      for (int task = 0; task < tasks(); task++) {
        if (first(task) < experience && met[experience] != task) {
          values.add(value.of(task, experience));
        }
      }
    }
    return values.stream().mapToDouble(number -> number).toArray();
  }

  private static double least(double[] scores) {
    return Arrays.stream(scores).min().orElseThrow();
  }
}
