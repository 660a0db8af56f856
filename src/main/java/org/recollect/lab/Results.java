package org.recollect.lab;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.recollect.papers.Paper;
import tech.tablesaw.api.Table;

/// What a study found: one row per trial. Immutable; complete in itself, so that a saved one
/// reloads without the study.
///
/// ```java
/// study.table();
/// study.plot().x(BYTES_PER_TOKEN).y(PERPLEXITY).byArm();
/// study.verdict(Papers.ROTATE_KV);
/// ```
///
/// @param rows in the order in which the trials ran
public record Results(Setup setup, List<Row> rows) {
  public Results {
    rows = List.copyOf(rows);
  }

  /// Reads what [#save] wrote.
  ///
  /// @throws IllegalArgumentException when the file does not hold saved results
  public static Results load(Path file) {
    return ResultsFile.load(file);
  }

  /// The names of the arms, in the order in which they were compared.
  public List<String> arms() {
    return rows.stream().map(Row::arm).distinct().toList();
  }

  /// The trials that failed, with what they said.
  public List<Row> failures() {
    return rows.stream().filter(Row::failed).toList();
  }

  /// The trials with this value of a setting; tables, plots and verdicts are then of these alone.
  ///
  /// @throws IllegalArgumentException when there is none
  public Results where(String setting, Object value) {
    requireSwept(setting);
    var wanted = Settings.NONE.with(setting, value);
    var kept = keep(row -> row.matches(wanted.values()));
    if (kept.rows.isEmpty()) {
      throw new IllegalArgumentException(
          "There is no trial where %s: the values of '%s' are %s."
              .formatted(
                  wanted,
                  setting,
                  rows.stream()
                      .map(row -> Settings.show(row.settings().values().get(setting)))
                      .distinct()
                      .collect(Collectors.joining(", "))));
    }
    return kept;
  }

  /// The trials of these arms; a claim about another is then NOT TESTED.
  ///
  /// @throws IllegalArgumentException when one was not compared, or none is given
  public Results only(String... arms) {
    var wanted = List.of(arms);
    var absent = wanted.stream().filter(arm -> !arms().contains(arm)).toList();
    if (wanted.isEmpty() || !absent.isEmpty()) {
      throw new IllegalArgumentException(
          "There is no trial of %s: the arms are %s."
              .formatted(wanted.isEmpty() ? "no arm" : String.join(", ", absent), arms()));
    }
    return keep(row -> wanted.contains(row.arm()));
  }

  /// The trials of all other arms.
  ///
  /// @throws IllegalArgumentException when one was not compared, or none is left
  public Results without(String... arms) {
    var unwanted = List.of(arms);
    only(arms);
    return only(arms().stream().filter(arm -> !unwanted.contains(arm)).toArray(String[]::new));
  }

  private Results keep(Predicate<Row> wanted) {
    return new Results(setup, rows.stream().filter(wanted).toList());
  }

  /// The mean of each arm and setting over seeds, rounded to what the spread supports, and what a
  /// trial cost. At most seven columns; the caption names the measures that do not fit and what
  /// failed.
  public Table table() {
    return new ResultsTable(this).summary(setup.measures());
  }

  /// The same for the measures chosen.
  ///
  /// @throws IllegalArgumentException when one was not measured
  public Table table(Measure... measures) {
    Arrays.stream(measures).forEach(this::requireMeasured);
    return new ResultsTable(this).summary(List.of(measures));
  }

  /// One measure with a column for each value of a setting, one line for each arm.
  ///
  /// @throws IllegalArgumentException when the measure was not taken or the setting not swept
  public Table across(String setting, Measure measure) {
    requireMeasured(measure);
    requireSwept(setting);
    return new ResultsTable(this).across(setting, measure);
  }

  /// One line per trial with plain numbers, to compute with; `trial` is its key in the run store.
  public Table longForm() {
    return new ResultsTable(this).longForm();
  }

  /// Begins a plot.
  public Plot plot() {
    return Plot.of(this);
  }

  /// Holds the paper's claims against these results: a claim is supported when the 95 % interval of
  /// a paired bootstrap lies on its side altogether. At smoke scale nothing is.
  ///
  /// @throws IllegalStateException when the claims were not declared before the trials ran
  public Verdict verdict(Paper paper) {
    return new Judge(this).verdict(paper);
  }

  /// Writes everything to a file that ends in `.json` or `.csv`, all of it or nothing.
  ///
  /// @throws java.io.UncheckedIOException when it cannot be written
  public void save(Path file) {
    ResultsFile.save(this, file);
  }

  /// A measure's average over all trials, arms, settings and seeds alike: narrow them down with
  /// [#only] and [#where] before.
  ///
  /// @return a number in the measure's unit; not a number where all trials have failed
  /// @throws IllegalArgumentException when the measure was not taken
  public double mean(Measure measure) {
    requireMeasured(measure);
    var finished = rows.stream().filter(row -> !row.failed()).toList();
    return finished.isEmpty() ? Double.NaN : mean(finished, measure);
  }

  private static double mean(List<Row> rows, Measure measure) {
    return measure
        .average()
        .of(rows.stream().mapToDouble(row -> row.samples().get(measure.name()).value()).toArray());
  }

  /// The arm of each series that does best by a measure, on average over settings and seeds; of
  /// equals the first.
  ///
  /// @return series to arm, in the order of the series
  /// @throws IllegalArgumentException when the measure was not taken
  public SequencedMap<String, String> best(Measure measure) {
    requireMeasured(measure);
    var best = new LinkedHashMap<String, String>();
    var losses = new HashMap<String, Double>();
    for (String arm : arms()) {
      var of = rows.stream().filter(row -> row.arm().equals(arm) && !row.failed()).toList();
      if (!of.isEmpty()) {
        String series = of.getFirst().series();
        double loss = measure.loss(mean(of, measure));
        if (loss < losses.getOrDefault(series, Double.POSITIVE_INFINITY)) {
          losses.put(series, loss);
          best.put(series, arm);
        }
      }
    }
    return best;
  }

  /// The rows without what no two runs share: wall-clock times and declarations.
  public List<Row> reproducible() {
    return rows.stream().map(Row::reproducible).toList();
  }

  /// The names of the swept settings.
  List<String> swept() {
    return rows.stream()
        .flatMap(row -> row.settings().values().keySet().stream())
        .distinct()
        .toList();
  }

  /// The settings that take one value here.
  Settings fixed() {
    return rows.isEmpty()
        ? Settings.NONE
        : rows.getFirst().settings().only(setting -> !varies(setting));
  }

  /// The arms of a series, in the order in which they were compared.
  List<String> armsOf(String series) {
    return rows.stream()
        .filter(row -> row.series().equals(series))
        .map(Row::arm)
        .distinct()
        .toList();
  }

  /// How a legend calls a series: by its only arm where there is one.
  String legend(String series) {
    var arms = armsOf(series);
    return arms.size() > 1 ? series : arms.getFirst();
  }

  /// What a chart's title has room for.
  String heading() {
    return setup.heading() + fixed().suffix();
  }

  /// Whether a setting takes several values here.
  boolean varies(String setting) {
    return rows.stream().map(row -> row.settings().values().get(setting)).distinct().count() > 1;
  }

  void requireMeasured(Measure measure) {
    if (!setup.measures().contains(measure)) {
      throw new IllegalArgumentException(
          "'%s' was not measured in this study, only %s.".formatted(measure, setup.measures()));
    }
  }

  void requireSwept(String setting) {
    if (!swept().contains(setting)) {
      throw new IllegalArgumentException(
          "The setting '%s' was not swept, only %s.".formatted(setting, swept()));
    }
  }

  /// What was run, and the settings that take one value here.
  @Override
  public String toString() {
    return setup.caption() + fixed().suffix();
  }
}
