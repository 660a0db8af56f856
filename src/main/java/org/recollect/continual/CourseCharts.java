package org.recollect.continual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.lab.Curves;
import org.recollect.lab.HeatMatrix;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.lab.Row;

/// What happened in the courses of a study, drawn; all numbers are means over seeds and settings.
///
/// ```java
/// CourseCharts.of(results, stream).matrix("EWC");            // a[i][j]
/// CourseCharts.of(results, stream).forgetting("java.sql");   // that task after each experience
/// CourseCharts.of(results, stream).trace("01", 290, 360);    // along the way, around a switch
/// ```
///
/// @param results that hold [ContinualMeasures#SCORES], or [ContinualMeasures#CURVES] for traces
/// @param stream that they were learned from; of several orders choose one,
///   `CourseCharts.of(results.where("order", 2), stream.shuffled(2))`
public record CourseCharts(Results results, TaskStream stream) {

  /// Charts of some results.
  public static CourseCharts of(Results results, TaskStream stream) {
    return new CourseCharts(results, stream);
  }

  /// The scores `a[i][j]` of one arm: a row for each time of judging, the first at the bottom.
  public HeatMapChart matrix(String arm) {
    double[][] scores = matrixOf(arm);
    var times = new ArrayList<String>();
    times.add("before");
    stream.experiences().forEach(each -> times.add(stream.tasks().get(each.task()).name()));
    return HeatMatrix.of("task that is judged", "after learning", scores)
        .named(stream.tasks().stream().map(Task::name).toList(), numbered(times))
        .chart(arm);
  }

  /// Names that recur are told apart by their place.
  private static List<String> numbered(List<String> names) {
    return names.stream().distinct().count() == names.size()
        ? names
        : IntStream.range(0, names.size()).mapToObj(i -> i + " " + names.get(i)).toList();
  }

  /// The score on one task after each experience, a line an arm.
  public XYChart forgetting(String task) {
    int index = index(task);
    return lines(
        "experiences learned",
        "score on " + task,
        arm -> {
          double[][] scores = matrixOf(arm);
          return i -> scores[i][index];
        });
  }

  /// The mean score of the tasks learned until then after each experience, a line an arm.
  public XYChart average() {
    return lines(
        "experiences learned",
        "mean score of learned tasks",
        arm -> {
          var met = stream.experiences().stream().mapToInt(each -> each.task()).toArray();
          double[] means = new ScoreMatrix(matrixOf(arm), met).performances();
          return i -> i == 0 ? Double.NaN : means[i - 1];
        });
  }

  private interface OfArm {
    IntToDoubleFunction of(String arm);
  }

  private XYChart lines(String x, String y, OfArm scores) {
    var curves = Curves.over(x, y);
    for (String arm : arms()) {
      var line = scores.of(arm);
      int[] defined =
          IntStream.rangeClosed(0, stream.experiences().size())
              .filter(i -> !Double.isNaN(line.applyAsDouble(i)))
              .toArray();
      curves =
          curves.line(
              arm,
              Arrays.stream(defined).asDoubleStream().toArray(),
              Arrays.stream(defined).mapToDouble(line::applyAsDouble).toArray());
    }
    return curves.chart();
  }

  /// The score on one task along the way, a line an arm.
  public XYChart trace(String task) {
    return trace(task, 0, Long.MAX_VALUE);
  }

  /// The same from one step to another, such as around a switch.
  public XYChart trace(String task, long from, long to) {
    int index = index(task);
    var curves = Curves.over("steps", "score on " + task);
    for (String arm : arms()) {
      double[][] points =
          Arrays.stream(mean(arm, ContinualMeasures.CURVES, stream.size() + 1))
              .filter(point -> point[0] >= from && point[0] <= to)
              .toArray(double[][]::new);
      curves =
          curves.line(
              arm,
              Arrays.stream(points).mapToDouble(point -> point[0]).toArray(),
              Arrays.stream(points).mapToDouble(point -> point[1 + index]).toArray());
    }
    return curves.chart();
  }

  private int index(String task) {
    var names = stream.tasks().stream().map(Task::name).toList();
    if (!names.contains(task)) {
      throw new IllegalArgumentException(
          "The stream has no task '%s', only %s.".formatted(task, names));
    }
    return names.indexOf(task);
  }

  private List<String> arms() {
    return results.rows().stream().filter(row -> !row.failed()).map(Row::arm).distinct().toList();
  }

  private double[][] matrixOf(String arm) {
    return mean(arm, ContinualMeasures.SCORES, stream.size());
  }

  /// The mean of a measure's items over the trials of an arm, in rows.
  private double[][] mean(String arm, Measure measure, int columns) {
    var trials =
        results.rows().stream().filter(row -> row.arm().equals(arm) && !row.failed()).toList();
    if (trials.isEmpty() || !trials.getFirst().samples().containsKey(measure.name())) {
      throw new IllegalArgumentException(
          "There is no '%s' of %s: measure it, and name one of %s."
              .formatted(measure, arm, arms()));
    }
    int items = trials.getFirst().samples().get(measure.name()).items().size();
    var mean = new double[items / columns][columns];
    for (Row trial : trials) {
      var values = trial.samples().get(measure.name()).items();
      for (int i = 0; i < items; i++) {
        mean[i / columns][i % columns] += values.get(i) / trials.size();
      }
    }
    return mean;
  }
}
