package org.recollect.lab;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.recollect.tensor.RandomStream;

/// Confidence intervals by resampling whole units: Efron and Tibshirani, An Introduction to the
/// Bootstrap (1993), chapters 8 and 13.
///
/// Arms stay paired, because a unit carries what every arm measured on it. Two corrections make a
/// few units honest (Hesterberg 2015, doi:10.1080/00031305.2015.1089789, section 5): n - 1 of n
/// units are drawn, which frees the variance from its bias of (n - 1) / n, and the percentiles are
/// spread by the ratio of Student's to the normal quantile.
public final class Bootstrap {
  /// How often the units are drawn.
  public static final int RESAMPLES = 10_000;

  /// With fewer units not even unanimous ones are significant: a sign test on n pairs cannot go
  /// below 2 / 2^n, which falls under 5 % at n = 6.
  public static final int FEWEST_UNITS = 6;

  private static final double NORMAL_QUANTILE = 1.959963984540054;

  private Bootstrap() {}

  /// One unit that is drawn as a whole: one item of one seed, over all settings that are pooled.
  ///
  /// @param sums `[arms]`, over `count` measurements on the scale on which the average is a mean
  record Unit(double[] sums, int count) {}

  /// The 95 % interval of a statistic of the arms' means.
  ///
  /// @param statistic of the means `[arms]` on the scale of the sums
  /// @throws IllegalArgumentException for fewer than [#FEWEST_UNITS] units
  static Interval interval(List<Unit> units, ToDoubleFunction<double[]> statistic, long seed) {
    if (units.size() < FEWEST_UNITS) {
      throw new IllegalArgumentException(
          "A 95 %% interval needs at least %d units, but got %d: use more seeds or items."
              .formatted(FEWEST_UNITS, units.size()));
    }
    var random = RandomStream.of(seed, "bootstrap");
    var all = units.toArray(Unit[]::new);
    double[] draws = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      var drawn = new Total(all[0].sums.length);
      for (int j = 1; j < all.length; j++) {
        drawn.add(all[random.nextInt(all.length)]);
      }
      draws[i] = statistic.applyAsDouble(drawn.means());
    }
    Arrays.sort(draws);
    double estimate = estimate(units, statistic);
    double spread = studentOverNormal(all.length - 1);
    return new Interval(
        estimate - spread * (estimate - percentile(draws, 0.025)),
        estimate + spread * (percentile(draws, 0.975) - estimate));
  }

  /// The statistic of all units.
  static double estimate(List<Unit> units, ToDoubleFunction<double[]> statistic) {
    var total = new Total(units.getFirst().sums.length);
    units.forEach(total::add);
    return statistic.applyAsDouble(total.means());
  }

  /// The 97.5 % quantile of Student's t over the normal one, by the Cornish-Fisher expansion
  /// (Abramowitz and Stegun 26.7.5); within 1 % from five degrees of freedom on.
  static double studentOverNormal(int degrees) {
    double z = NORMAL_QUANTILE;
    double first = (Math.pow(z, 3) + z) / (4.0 * degrees);
    double second = (5 * Math.pow(z, 5) + 16 * Math.pow(z, 3) + 3 * z) / (96.0 * degrees * degrees);
    return (z + first + second) / z;
  }

  private static double percentile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  private static final class Total {
    private final double[] sums;
    private int count;

    Total(int arms) {
      sums = new double[arms];
    }

    void add(Unit unit) {
      for (int arm = 0; arm < sums.length; arm++) {
        sums[arm] += unit.sums[arm];
      }
      count += unit.count;
    }

    double[] means() {
      double[] means = sums.clone();
      for (int arm = 0; arm < means.length; arm++) {
        means[arm] /= count;
      }
      return means;
    }
  }
}
