package org.recollect.train;

/// How a schedule of no end comes down from its peak to its plateau; see [Schedule.Infinite].
public sealed interface Cooling {

  /// What is left of the way to the plateau, 1 to 0.
  ///
  /// @param done progress of the fall, 0 to 1
  double left(double done);

  /// `left(x) = (1 + cos(pi x)) / 2`.
  record HalfCosine() implements Cooling {

    @Override
    public double left(double done) {
      return 0.5 * (1 + Math.cos(Math.PI * done));
    }
  }

  /// `left(x) = 1 - h(x) / h(1)` where `h(x) = 1 / sqrt(1 + steepness * x) - 1`: most of the fall
  /// comes first.
  ///
  /// @param steepness above 0, such as 10 (inferred); near 0 the fall is a straight line
  record InverseRoot(double steepness) implements Cooling {

    public InverseRoot {
      if (!(steepness > 0 && Double.isFinite(steepness))) {
        throw new IllegalArgumentException(
            "the steepness is %s: give a number above 0, such as 10.".formatted(steepness));
      }
    }

    @Override
    public double left(double done) {
      return 1 - fall(done) / fall(1);
    }

    private double fall(double done) {
      return 1 / Math.sqrt(1 + steepness * done) - 1;
    }
  }
}
