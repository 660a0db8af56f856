package org.recollect.unlearning.analytic;

/// NegGrad+ (Kurmanji et al., "Towards Unbounded Machine Unlearning", 2023, arXiv:2302.09880,
/// baselines): descent on what is to be kept and ascent on what is to be forgotten in one step, of
///
/// `keep L_retain - (1 - keep) L_forget`
///
/// with mean losses. Unbounded below where `keep` is small.
///
/// @param steps on all samples
/// @param rate of a step
/// @param keep share of the retain loss, from 0 (gradient ascent) to 1 (fine-tuning)
public record NegGradPlus(int steps, double rate, double keep) implements HeadUnlearner {
  public NegGradPlus {
    HeadUnlearner.check(steps, rate);
    if (!(keep >= 0 && keep <= 1)) {
      throw new IllegalArgumentException(
          "The share of the retain loss is from 0 to 1, not %s.".formatted(keep));
    }
  }

  @Override
  public LinearHead unlearn(LinearHead head, Labelled forget, Labelled retain) {
    var current = head;
    for (int step = 0; step < steps; step++) {
      var ascent = current.gradient(forget);
      current =
          current.step(rate * keep, current.gradient(retain)).step(-rate * (1 - keep), ascent);
    }
    return current;
  }

  @Override
  public long shown(long forget, long retain) {
    return steps * (forget + retain);
  }

  @Override
  public NegGradPlus scaled(double factor) {
    return new NegGradPlus(steps, factor * rate, keep);
  }
}
