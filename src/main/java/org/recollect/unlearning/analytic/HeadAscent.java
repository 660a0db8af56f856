package org.recollect.unlearning.analytic;

/// Gradient ascent on what is to be forgotten: `W <- W + rate grad L_forget`, without regard to the
/// rest (the baseline of Golatkar et al., "Eternal Sunshine of the Spotless Net", 2020,
/// arXiv:1911.04933, there called negative gradient). It has no stopping point of its own and
/// diverges.
///
/// @param steps on all of the samples to forget
/// @param rate of a step
public record HeadAscent(int steps, double rate) implements HeadUnlearner {
  public HeadAscent {
    HeadUnlearner.check(steps, rate);
  }

  @Override
  public LinearHead unlearn(LinearHead head, Labelled forget, Labelled retain) {
    var current = head;
    for (int step = 0; step < steps; step++) {
      current = current.step(-rate, current.gradient(forget));
    }
    return current;
  }

  @Override
  public long shown(long forget, long retain) {
    return steps * forget;
  }

  @Override
  public HeadAscent scaled(double factor) {
    return new HeadAscent(steps, factor * rate);
  }
}
