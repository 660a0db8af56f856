package org.recollect.unlearning.analytic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Trial;

/// Trials on the same features with the same gamma. An arm that has served some requests goes on
/// from there in its next trial, which leads to the same weights and the same counts as to begin
/// anew. Mutable; owns the arms' heads.
final class HeadRoom implements AutoCloseable {
  private final Course course;
  private final Labelled test;
  private final List<Deletion> deletions;
  private final List<int[]> left = new ArrayList<>();
  private final Map<Integer, double[][]> oracles = new HashMap<>();
  private final Map<String, Served> paths = new HashMap<>();

  /// How far an arm has come. Mutable.
  private static final class Served {
    private final HeadErasing path;

    /// Of each request.
    private final List<Double> flop = new ArrayList<>();

    /// Of the weights after the first request.
    private double logDeviation;

    Served(HeadErasing path) {
      this.path = path;
    }
  }

  HeadRoom(Course course, Labelled test, List<Deletion> deletions) {
    this.course = course;
    this.test = test;
    this.deletions = deletions;
    int[] there = course.all().toArray();
    for (Deletion deletion : deletions) {
      there = Deletions.without(there, deletion);
      left.add(there);
    }
  }

  /// What an arm has come to after so many requests.
  Outcome outcome(Trial<HeadEraser> trial, int requests, Meter meter) {
    var served = served(trial.arm(), requests);
    served.flop.forEach(meter::flop);
    int last = requests - 1;
    double refit = course.cost().refit(left.get(last).length);
    double[][] weights = served.path.weights();
    double growth = HeadMarks.logDeviation(weights, oracle(last)) - served.logDeviation;
    return marks(last)
        .outcome(weights, oracle(last))
        .with(AnalyticMeasures.DEVIATION_GROWTH, growth)
        .with(AnalyticMeasures.REQUEST_COST, 100 * served.flop.getLast() / refit);
  }

  private Served served(HeadEraser arm, int requests) {
    // Taken out while it serves: what was refused half-way is not gone on with.
    var served = paths.remove(arm.name());
    if (served == null || served.flop.size() > requests) {
      if (served != null) {
        served.path.close();
      }
      served = new Served(arm.begin(course));
    }
    try {
      for (int number = served.flop.size(); number < requests; number++) {
        served.flop.add(served.path.serve(deletions.get(number), left.get(number)));
        if (number == 0) {
          served.logDeviation = HeadMarks.logDeviation(served.path.weights(), oracle(0));
        }
      }
    } catch (RuntimeException refused) {
      served.path.close();
      throw refused;
    }
    paths.put(arm.name(), served);
    return served;
  }

  /// What the requests take of each arm; see [HeadTimes].
  HeadTimes times(List<HeadEraser> arms, int rounds) {
    return HeadTimes.of(arms, course, deletions, left, rounds);
  }

  private double[][] oracle(int request) {
    return oracles.computeIfAbsent(request, _ -> course.fit(left.get(request)));
  }

  private HeadMarks marks(int request) {
    var forget = course.of(deletions.get(request).samples());
    var there = classes(course.of(left.get(request)));
    var asked = classes(forget);
    return new HeadMarks(forget, ofClasses(there), ofClasses(asked));
  }

  private static List<Integer> classes(Labelled samples) {
    return IntStream.of(samples.labels()).distinct().boxed().toList();
  }

  private Labelled ofClasses(List<Integer> wanted) {
    int[] places =
        IntStream.range(0, test.labels().length)
            .filter(i -> wanted.contains(test.labels()[i]))
            .toArray();
    return test.of(places);
  }

  @Override
  public void close() {
    paths.values().forEach(served -> served.path.close());
  }
}
