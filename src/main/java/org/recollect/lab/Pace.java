package org.recollect.lab;

import java.util.Arrays;

/// How long a contest takes.
///
/// @param least seconds that a contender warms up
/// @param most seconds that it warms up while its times have not settled
/// @param seconds that the contest is measured
/// @param sweeps to measure at least: in each, every contender has one round
public record Pace(double least, double most, double seconds, int sweeps) {

  /// A few seconds a contender.
  public static final Pace QUICK = new Pace(0.5, 3, 2, 15);

  /// For figures to keep.
  public static final Pace THOROUGH = new Pace(1, 3, 4, 31);

  /// The share by which the last third of the warm-up may be faster than the third before it.
  private static final double STILL = 0.03;

  private static final int LEAST_ROUNDS = 9;

  /// Whether a contender has warmed up.
  ///
  /// @param seconds that its rounds took in all
  /// @param times of its rounds so far, in any unit
  boolean warm(double seconds, double[] times) {
    return seconds >= most || seconds >= least && settled(times);
  }

  /// Whether times no longer fall. Their lower quartiles are compared: other programs make rounds
  /// slower, never faster.
  static boolean settled(double[] times) {
    if (times.length < LEAST_ROUNDS) {
      return false;
    }
    int third = times.length / 3;
    double last = lowerQuartile(times, times.length - third);
    double before = lowerQuartile(times, times.length - 2 * third);
    return last >= (1 - STILL) * before;
  }

  /// Of the third of the times that starts there.
  private static double lowerQuartile(double[] times, int from) {
    return Quartiles.of(Arrays.copyOfRange(times, from, from + times.length / 3)).low();
  }
}
