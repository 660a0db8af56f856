package org.recollect.lab;

import java.util.List;
import org.recollect.lab.Contest.Clock;

/// How long a contender took, in nanoseconds an operation, sweep by sweep.
///
/// @param processor by [Clock#PROCESSOR] `[sweeps]`
/// @param wall by [Clock#WALL] `[sweeps]`
public record Standing(Contender contender, double[] processor, double[] wall) {

  static Standing of(Contender contender, List<Round.Took> rounds) {
    return new Standing(
        contender, each(contender, rounds, Clock.PROCESSOR), each(contender, rounds, Clock.WALL));
  }

  /// Sweep by sweep `[sweeps]`.
  public double[] times(Clock clock) {
    return clock == Clock.PROCESSOR ? processor : wall;
  }

  /// The median of a sweep, and how far they spread.
  public Quartiles by(Clock clock) {
    return Quartiles.of(times(clock));
  }

  private static double[] each(Contender contender, List<Round.Took> rounds, Clock clock) {
    return rounds.stream().mapToDouble(took -> took.by(clock) / contender.operations()).toArray();
  }
}
