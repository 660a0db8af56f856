package org.recollect.lab;

import org.recollect.lab.Contest.Clock;

/// How many times as fast one side is as another.
///
/// @param value the ratio of their median times
/// @param spread of the ratios of single sweeps
public record Speedup(double value, Quartiles spread, Clock clock) {

  /// @param slow times of the side to be beaten `[sweeps]`
  /// @param fast times of the other `[sweeps]`, of the same sweeps
  public static Speedup of(double[] slow, double[] fast, Clock clock) {
    double[] ratios = new double[fast.length];
    for (int sweep = 0; sweep < ratios.length; sweep++) {
      ratios[sweep] = slow[sweep] / fast[sweep];
    }
    double value = Quartiles.of(slow).median() / Quartiles.of(fast).median();
    return new Speedup(value, Quartiles.of(ratios), clock);
  }
}
