package org.recollect.unlearning.analytic;

/// A way to unlearn by steps of a linear head, each on all samples at once.
public interface HeadUnlearner {

  /// @param retain what is to be kept; a method that needs none ignores it
  LinearHead unlearn(LinearHead head, Labelled forget, Labelled retain);

  /// How many samples are looked at in all its steps.
  long shown(long forget, long retain);

  /// The same with a rate so many times as high.
  HeadUnlearner scaled(double factor);

  /// Refuses what no descent can have.
  static void check(int steps, double rate) {
    if (steps < 0 || !(rate > 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "Steps are 0 or more at a positive rate, not %d at %s.".formatted(steps, rate));
    }
  }
}
