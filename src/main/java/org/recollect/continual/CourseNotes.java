package org.recollect.continual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.data.Experience;
import org.recollect.data.TaskStream;

/// What is taken down of a course: scores after each experience and along the way, how answers
/// looked, and what it took. Mutable.
final class CourseNotes {
  private final TaskStream stream;
  private final long stepsEach;
  private final List<double[]> rows = new ArrayList<>();
  private final List<Trace.Point> points = new ArrayList<>();
  private final Map<Integer, Written> written = new LinkedHashMap<>();
  private long steps;
  private double seconds;

  /// @param stepsEach in each experience
  CourseNotes(TaskStream stream, long stepsEach) {
    this.stream = stream;
    this.stepsEach = stepsEach;
  }

  /// How often the tasks have been judged: once before the first experience, and after each.
  int judgements() {
    return rows.size();
  }

  /// @param scores of all tasks
  void judged(double[] scores) {
    rows.add(scores);
  }

  /// Steps so far.
  long steps() {
    return steps;
  }

  void stepped() {
    steps++;
  }

  /// Thread seconds of training; judging is left out.
  double seconds() {
    return seconds;
  }

  void worked(double more) {
    seconds += more;
  }

  /// Scores along the way, until now.
  List<Trace.Point> points() {
    return points;
  }

  /// @param scores of all tasks at this step
  void watched(double[] scores) {
    points.add(new Trace.Point(steps, scores));
  }

  /// How answers looked right after each task was learned.
  Map<Integer, Written> written() {
    return written;
  }

  ScoreMatrix matrix() {
    int[] met = learned().limit(Math.max(0, rows.size() - 1)).toArray();
    return new ScoreMatrix(rows.toArray(double[][]::new), met);
  }

  Trace trace() {
    long[] ends =
        IntStream.rangeClosed(1, stream.experiences().size())
            .mapToLong(count -> count * stepsEach)
            .toArray();
    return new Trace(points, ends, learned().toArray());
  }

  /// The task of each experience.
  private IntStream learned() {
    return stream.experiences().stream().mapToInt(Experience::task);
  }

  void save(Snapshot to) {
    to.put("scores", rows.stream().flatMapToDouble(Arrays::stream).toArray());
    to.put("steps", steps, seconds);
    if (!points.isEmpty()) {
      to.put("trace", trace().flat());
    }
    written.forEach((task, each) -> to.put("written " + task, each.whole(), each.content()));
  }

  void load(Snapshot from) {
    double[] flat = from.numbers("scores");
    for (int row = 0; row < flat.length; row += stream.size()) {
      rows.add(Arrays.copyOfRange(flat, row, row + stream.size()));
    }
    double[] counted = from.numbers("steps");
    steps = Math.round(counted[0]);
    seconds = counted[1];
    for (int task = 0; task < stream.size(); task++) {
      if (from.has("written " + task)) {
        double[] shares = from.numbers("written " + task);
        written.put(task, new Written(shares[0], shares[1]));
      }
    }
    if (from.has("trace")) {
      var trace = Arrays.stream(from.numbers("trace")).boxed().toList();
      points.addAll(Trace.of(trace, stream.size(), stream.experiences()).points());
    }
  }
}
