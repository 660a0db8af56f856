package org.recollect.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The units on which arms can be compared: what each measured on the same item of the same seed
/// under the same settings.
///
/// A unit is one item of one seed, and where several settings are pooled it carries all of them,
/// because the same item under two settings is not two observations. A trial without items is one
/// unit.
record Pairing(Measure measure, List<String> arms, List<Bootstrap.Unit> units) {
  private static final long SEED = 1;

  /// Pairs the finished trials that match; a combination where one arm failed counts for none.
  ///
  /// @param where setting to value
  static Pairing of(List<Row> rows, Measure measure, List<String> arms, Map<String, ?> where) {
    var cells = new LinkedHashMap<List<Object>, Map<String, Row>>();
    for (Row row : rows) {
      if (!row.failed() && row.matches(where) && row.samples().containsKey(measure.name())) {
        cells
            .computeIfAbsent(List.of(row.seed(), row.settings()), key -> new LinkedHashMap<>())
            .put(row.arm(), row);
      }
    }
    var units = new LinkedHashMap<List<Object>, Bootstrap.Unit>();
    for (var cell : cells.values()) {
      if (cell.keySet().containsAll(arms)) {
        add(units, measure, arms.stream().map(cell::get).toList());
      }
    }
    return new Pairing(measure, arms, new ArrayList<>(units.values()));
  }

  private static void add(
      Map<List<Object>, Bootstrap.Unit> units, Measure measure, List<Row> paired) {
    int items = items(measure, paired);
    int seed = paired.getFirst().seed();
    for (int item = 0; item < Math.max(1, items); item++) {
      double[] sums = new double[paired.size()];
      for (int arm = 0; arm < sums.length; arm++) {
        Sample sample = paired.get(arm).samples().get(measure.name());
        double value = items == 0 ? sample.value() : sample.items().get(item);
        sums[arm] = measure.average().inward(value);
      }
      units.merge(List.of(seed, item), new Bootstrap.Unit(sums, 1), Pairing::together);
    }
  }

  /// The number of items that all arms measured; 0 where one of them has none.
  private static int items(Measure measure, List<Row> paired) {
    var counts =
        paired.stream().map(row -> row.samples().get(measure.name()).items().size()).toList();
    if (counts.contains(0)) {
      return 0;
    }
    for (int arm = 1; arm < counts.size(); arm++) {
      if (!counts.get(arm).equals(counts.getFirst())) {
        throw new IllegalStateException(
            "'%s' was measured on %d items for '%s' and on %d for '%s' with the same settings and seed: arms must see the same items."
                .formatted(
                    measure,
                    counts.getFirst(),
                    paired.getFirst().arm(),
                    counts.get(arm),
                    paired.get(arm).arm()));
      }
    }
    return counts.getFirst();
  }

  private static Bootstrap.Unit together(Bootstrap.Unit a, Bootstrap.Unit b) {
    double[] sums = a.sums().clone();
    for (int arm = 0; arm < sums.length; arm++) {
      sums[arm] += b.sums()[arm];
    }
    return new Bootstrap.Unit(sums, a.count() + b.count());
  }

  boolean isEmpty() {
    return units.isEmpty();
  }

  /// Whether a 95 % interval can be given.
  boolean suffices() {
    return measure.exact() ? !isEmpty() : units.size() >= Bootstrap.FEWEST_UNITS;
  }

  /// What an arm measured on all units.
  double mean(int arm) {
    return Bootstrap.estimate(units, means -> measure.average().outward(means[arm]));
  }

  /// How much better the first arm is than the second, or than a bound where there is only one; in
  /// the unit of the measure, positive for the better.
  double advantage(double bound) {
    return Bootstrap.estimate(units, means -> advantage(means, bound));
  }

  /// The 95 % interval of the advantage. For a measure that is a count it spans what was counted.
  Interval interval(double bound) {
    if (measure.exact()) {
      var counted =
          units.stream()
              .mapToDouble(unit -> Bootstrap.estimate(List.of(unit), m -> advantage(m, bound)))
              .summaryStatistics();
      return new Interval(counted.getMin(), counted.getMax());
    }
    var interval = Bootstrap.interval(units, means -> advantage(means, bound), SEED);
    double rounding = 1e-12 * Math.max(1, Math.abs(interval.low()));
    return interval.width() <= rounding ? unanimous(interval) : interval;
  }

  /// The 95 % interval of what the only arm measured.
  Interval interval() {
    return Bootstrap.interval(units, means -> measure.average().outward(means[0]), SEED);
  }

  /// Right-or-wrong items that all agree leave no spread to resample. That n of n agree is still
  /// compatible, at 2.5 % on each side, with a share of 1 - 0.025^(1/n) that would not (Clopper and
  /// Pearson 1934), and each of those could differ by the whole range.
  private Interval unanimous(Interval point) {
    if (!units.stream().allMatch(this::isRightOrWrong)) {
      return point;
    }
    double range = measure.high() - measure.low();
    double doubt = range * (1 - Math.pow(0.025, 1.0 / units.size()));
    return new Interval(point.low() - doubt, point.high() + doubt);
  }

  private boolean isRightOrWrong(Bootstrap.Unit unit) {
    return Arrays.stream(unit.sums())
        .map(sum -> measure.average().outward(sum / unit.count()))
        .allMatch(value -> value == measure.low() || value == measure.high());
  }

  private double advantage(double[] means, double bound) {
    double other = means.length > 1 ? measure.average().outward(means[1]) : bound;
    return measure.loss(other) - measure.loss(measure.average().outward(means[0]));
  }
}
