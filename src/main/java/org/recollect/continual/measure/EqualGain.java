package org.recollect.continual.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.knowm.xchart.XYChart;
import org.recollect.continual.ContinualMeasures;
import org.recollect.continual.ContinualStudy;
import org.recollect.lab.Curves;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.lab.Row;
import org.recollect.lab.Sample;
import org.recollect.lab.Settings;
import org.recollect.lab.Setup;

/// What arms give up in general for the same gain in the tasks, however fast they learn: the
/// results of a study over several numbers of steps as curves of (gain, general change), which
/// begin at the base, (0, 0), and are straight from one number of steps to the next.
///
/// ```java
/// var curves = EqualGain.of(study);       // .vary("steps", 20, 50, 100)
/// curves.chart();
/// curves.at(0.5, 1).verdict(paper);
/// ```
///
/// The gain is the mean over tasks of the last score minus the one before all tasks.
///
/// @param results with [ContinualMeasures#PERFORMANCE], [ContinualMeasures#SCORES] and
///   [ContinualMeasures#GENERAL_CHANGE], over [ContinualStudy#STEPS]
public record EqualGain(Results results) {

  /// The setting of what [#at] returns: the gain as a share of [#common].
  public static final String GAIN = "gain";

  public static final Measure GENERAL_AT_GAIN =
      Measure.higher("general change at equal gain", "")
          .range(-16, 16)
          .digits(3)
          .formula("change of the general score when the tasks have gained so much");

  /// A curve of one arm and seed; points are in order of the steps, the base first.
  private record Curve(Row last, double[] gains, double[] changes) {}

  public EqualGain {
    var measured = results.setup().measures();
    var needed =
        List.of(
            ContinualMeasures.PERFORMANCE,
            ContinualMeasures.SCORES,
            ContinualMeasures.GENERAL_CHANGE);
    boolean swept = results.rows().stream().allMatch(r -> r.settings().has(ContinualStudy.STEPS));
    if (!measured.containsAll(needed) || !swept) {
      throw new IllegalArgumentException(
          "Curves need %s over numbers of steps: measure them, and add vary(\"%s\", 20, 50, 100)."
              .formatted(needed, ContinualStudy.STEPS));
    }
  }

  /// The curves of a study.
  public static EqualGain of(Results results) {
    return new EqualGain(results);
  }

  /// The largest gain that every arm has reached with every seed: above it there is nothing to
  /// compare. Whoever has gained nothing at all is left out; 0 if all have.
  public double common() {
    return arms().stream()
        .flatMap(arm -> curves(arm).stream())
        .mapToDouble(curve -> Arrays.stream(curve.gains).max().orElseThrow())
        .filter(gain -> gain > 0)
        .min()
        .orElse(0);
  }

  /// The general change of each arm and seed at some gains, in the place of the numbers of steps. A
  /// trial that has gained nothing has failed here.
  ///
  /// @param shares of [#common], above 0 and at most 1
  /// @throws IllegalStateException if no arm has gained anything
  public Results at(double... shares) {
    double common = common();
    if (!(common > 0)) {
      throw new IllegalStateException(
          "No arm has gained anything in the tasks: give them more steps.");
    }
    var rows = new ArrayList<Row>();
    for (String arm : arms()) {
      for (Curve curve : curves(arm)) {
        for (double share : shares) {
          rows.add(row(curve, share, crossing(curve.gains, curve.changes, share * common)));
        }
      }
    }
    var setup = results.setup();
    return new Results(
        new Setup(
            setup.study(),
            setup.subject(),
            setup.material(),
            setup.scale(),
            setup.seeds(),
            List.of(GENERAL_AT_GAIN)),
        rows);
  }

  private static Row row(Curve curve, double share, OptionalDouble change) {
    var samples = new LinkedHashMap<String, Sample>();
    change.ifPresent(value -> samples.put(GENERAL_AT_GAIN.name(), new Sample(value, List.of())));
    var error =
        change.isPresent()
            ? Optional.<String>empty()
            : Optional.of("It has not gained " + share + " of what all gain.");
    var last = curve.last;
    return new Row(
        last.trial(),
        last.arm(),
        last.series(),
        Settings.NONE.with(GAIN, share),
        last.seed(),
        samples,
        last.ledger(),
        error,
        last.declared());
  }

  /// Where a path first reaches a height, and what stands beside it there, between its points in
  /// proportion.
  ///
  /// @param xs heights along the path, the first below the one that is sought
  /// @param ys what stands beside them
  /// @return empty where the path never gets there
  public static OptionalDouble crossing(double[] xs, double[] ys, double x) {
    for (int i = 1; i < xs.length; i++) {
      if (xs[i] >= x) {
        double along = (x - xs[i - 1]) / (xs[i] - xs[i - 1]);
        return OptionalDouble.of(ys[i - 1] + along * (ys[i] - ys[i - 1]));
      }
    }
    return OptionalDouble.empty();
  }

  /// A line for each arm, mean over seeds: the general change over the gain.
  public XYChart chart() {
    var chart = Curves.over("gain in the tasks", "general change");
    for (String arm : arms()) {
      var curves = curves(arm);
      int points = curves.stream().mapToInt(each -> each.gains.length).min().orElseThrow();
      double[] gains = new double[points];
      double[] changes = new double[points];
      for (Curve curve : curves) {
        for (int i = 0; i < points; i++) {
          gains[i] += curve.gains[i] / curves.size();
          changes[i] += curve.changes[i] / curves.size();
        }
      }
      chart = chart.line(arm, gains, changes);
    }
    return chart.chart();
  }

  private List<String> arms() {
    return finished().stream().map(Row::arm).distinct().toList();
  }

  private List<Row> finished() {
    return results.rows().stream().filter(row -> !row.failed()).toList();
  }

  /// One for each seed.
  private List<Curve> curves(String arm) {
    var bySeed = new LinkedHashMap<Integer, List<Row>>();
    finished().stream()
        .filter(row -> row.arm().equals(arm))
        .sorted((a, b) -> Double.compare(steps(a), steps(b)))
        .forEach(row -> bySeed.computeIfAbsent(row.seed(), _ -> new ArrayList<>()).add(row));
    return bySeed.values().stream().map(EqualGain::curve).toList();
  }

  private static double steps(Row row) {
    return row.settings().number(ContinualStudy.STEPS);
  }

  private static Curve curve(List<Row> rows) {
    double[] gains = new double[rows.size() + 1];
    double[] changes = new double[rows.size() + 1];
    for (int i = 0; i < rows.size(); i++) {
      var samples = rows.get(i).samples();
      gains[i + 1] = gain(rows.get(i));
      changes[i + 1] = samples.get(ContinualMeasures.GENERAL_CHANGE.name()).value();
    }
    return new Curve(rows.getLast(), gains, changes);
  }

  private static double gain(Row row) {
    var scores = row.samples().get(ContinualMeasures.SCORES.name()).items();
    int tasks = row.samples().get(ContinualMeasures.PERFORMANCE.name()).items().size();
    double gain = 0;
    for (int task = 0; task < tasks; task++) {
      gain += (scores.get(scores.size() - tasks + task) - scores.get(task)) / tasks;
    }
    return gain;
  }
}
