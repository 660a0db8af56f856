package org.recollect.unlearning.analytic;

/// Going on with what is to be kept only: `W <- W - rate grad L_retain`. What is not rehearsed may
/// fade, but nothing pushes it out (baseline of Golatkar et al. 2020, arXiv:1911.04933).
///
/// @param steps on all of the samples to retain
/// @param rate of a step
public record FineTuneOnRetain(int steps, double rate) implements HeadUnlearner {
  public FineTuneOnRetain {
    HeadUnlearner.check(steps, rate);
  }

  @Override
  public LinearHead unlearn(LinearHead head, Labelled forget, Labelled retain) {
    var current = head;
    for (int step = 0; step < steps; step++) {
      current = current.step(rate, current.gradient(retain));
    }
    return current;
  }

  @Override
  public long shown(long forget, long retain) {
    return steps * retain;
  }

  @Override
  public FineTuneOnRetain scaled(double factor) {
    return new FineTuneOnRetain(steps, factor * rate);
  }
}
