package org.recollect.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// The finished trials of one arm under one combination of settings, taken together over seeds.
///
/// @param rows one for each seed that finished
record Summary(String arm, Settings settings, List<Row> rows) {

  /// Every combination with a finished trial, arm by arm in the order of the study.
  static List<Summary> of(Results results) {
    var groups = new LinkedHashMap<List<Object>, List<Row>>();
    for (String arm : results.arms()) {
      for (Row row : results.rows()) {
        if (row.arm().equals(arm) && !row.failed()) {
          groups.computeIfAbsent(List.of(arm, row.settings()), key -> new ArrayList<>()).add(row);
        }
      }
    }
    return groups.values().stream()
        .map(rows -> new Summary(rows.getFirst().arm(), rows.getFirst().settings(), rows))
        .toList();
  }

  /// What a line or colour joins, see [Arm#series].
  String series() {
    return rows.getFirst().series();
  }

  double mean(Measure measure) {
    return measure.average().of(values(measure));
  }

  /// The standard deviation over seeds; 0 for one seed.
  double spread(Measure measure) {
    return spread(values(measure));
  }

  /// The standard deviation; 0 for one value.
  static double spread(double[] values) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1));
  }

  /// The 95 % interval of the mean over items and seeds; empty where there are too few of them.
  Optional<Interval> interval(Measure measure) {
    var alone = Pairing.of(rows, measure, List.of(arm), settings.values());
    return measure.exact() || !alone.suffices() ? Optional.empty() : Optional.of(alone.interval());
  }

  /// From the lowest to the highest seed.
  Interval range(Measure measure) {
    var seeds = Arrays.stream(values(measure)).summaryStatistics();
    return new Interval(seeds.getMin(), seeds.getMax());
  }

  /// What one of its trials cost on average.
  Ledger cost() {
    return rows.stream().map(Row::ledger).reduce(Ledger.NONE, Ledger::plus).dividedBy(rows.size());
  }

  private double[] values(Measure measure) {
    return rows.stream().mapToDouble(row -> row.samples().get(measure.name()).value()).toArray();
  }
}
