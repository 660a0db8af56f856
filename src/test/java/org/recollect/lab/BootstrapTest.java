package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.lab.Bootstrap.Unit;
import org.recollect.tensor.RandomStream;

class BootstrapTest {

  private static List<Unit> units(double... values) {
    return DoubleStream.of(values).mapToObj(v -> new Unit(new double[] {v}, 1)).toList();
  }

  /// An interval that covers with probability 0.95 does so in R studies R * 0.95 times, with a
  /// standard deviation of sqrt(R * 0.95 * 0.05). Four of these are allowed, and as many again as
  /// the nominal coverage of a percentile interval for Gaussian data may miss: the Cornish-Fisher
  /// quantile is 1 % short at five degrees of freedom, which costs less than 0.005 of coverage.
  @ParameterizedTest
  @ValueSource(ints = {6, 12, 40})
  void intervalsCoverTheTruthAsOftenAsTheySay(int units) {
    int studies = 500;
    double truth = 3;
    int covered = 0;
    var random = RandomStream.of(11, "coverage", units);
    for (int study = 0; study < studies; study++) {
      double[] values = new double[units];
      for (int i = 0; i < units; i++) {
        values[i] = truth + 2 * random.nextGaussian();
      }
      covered += Bootstrap.interval(units(values), m -> m[0], study).contains(truth) ? 1 : 0;
    }
    double margin = 4 * Math.sqrt(0.95 * 0.05 / studies) + 0.005;
    assertEquals(0.95, (double) covered / studies, margin);
  }

  /// For the mean of n Gaussian units the interval is the classical one, s / sqrt(n) times
  /// Student's quantile on either side; the ends of 10 000 resamples scatter by about 2 % of it.
  @Test
  void agreesWithStudentsInterval() {
    var random = RandomStream.of(5, "gaussian");
    double[] values = DoubleStream.generate(random::nextGaussian).limit(30).toArray();
    double mean = DoubleStream.of(values).average().orElseThrow();
    double squares = DoubleStream.of(values).map(v -> (v - mean) * (v - mean)).sum();
    double half = 2.045230 * Math.sqrt(squares / 29 / 30);
    var interval = Bootstrap.interval(units(values), m -> m[0], 1);
    assertEquals(mean - half, interval.low(), 0.1 * half);
    assertEquals(mean + half, interval.high(), 0.1 * half);
  }

  /// The tables say 2.5706 at 5 degrees of freedom, 2.0860 at 20, 1.9799 at 120.
  @Test
  void quantilesAreThoseOfTheTables() {
    assertEquals(2.5706, 1.959964 * Bootstrap.studentOverNormal(5), 0.026);
    assertEquals(2.0860, 1.959964 * Bootstrap.studentOverNormal(20), 0.001);
    assertEquals(1.9799, 1.959964 * Bootstrap.studentOverNormal(120), 0.0001);
  }

  @Test
  void pairingRemovesWhatTheArmsShare() {
    var random = RandomStream.of(3, "shared");
    var paired =
        DoubleStream.generate(() -> 100 * random.nextGaussian())
            .limit(20)
            .mapToObj(shared ->
                new Unit(new double[] {shared + 1 + 0.1 * random.nextGaussian(), shared}, 1))
            .toList();
    var interval = Bootstrap.interval(paired, m -> m[0] - m[1], 1);
    assertTrue(interval.contains(1) && interval.width() < 0.2, interval::toString);
  }

  @Test
  void unitsOfSeveralMeasurementsCountAsOften() {
    var units = List.of(new Unit(new double[] {10}, 4), new Unit(new double[] {2}, 1));
    assertEquals(12.0 / 5, Bootstrap.estimate(units, m -> m[0]));
  }

  @Test
  void oneSeedGivesOneInterval() {
    var units = units(1, 2, 3, 4, 5, 6, 7);
    assertEquals(Bootstrap.interval(units, m -> m[0], 9), Bootstrap.interval(units, m -> m[0], 9));
  }

  @Test
  void tooFewUnitsAreRefused() {
    var e =
        assertThrows(
            IllegalArgumentException.class,
            () -> Bootstrap.interval(units(1, 2, 3, 4, 5), m -> m[0], 1));
    assertTrue(e.getMessage().contains("at least 6 units, but got 5"), e.getMessage());
  }
}
