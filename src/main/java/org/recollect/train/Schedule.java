package org.recollect.train;

/// The learning rate of each step; steps count from 0.
public sealed interface Schedule {

  /// @param step from 0
  /// @return the learning rate
  double at(long step);

  /// The same rate throughout.
  record Constant(double rate) implements Schedule {

    @Override
    public double at(long step) {
      return rate;
    }
  }

  /// A linear rise to the peak, then half a cosine down to a share of it (Loshchilov & Hutter,
  /// "SGDR", 2017, equation 5, without restarts).
  ///
  /// @param peak the highest rate, reached at the end of the rise
  /// @param warmup steps of the rise
  /// @param steps steps in all; the rate stays at its last value beyond
  /// @param floor the last rate as a share of the peak
  record Cosine(double peak, long warmup, long steps, double floor) implements Schedule {

    public Cosine {
      require(warmup, steps);
    }

    @Override
    public double at(long step) {
      if (step < warmup) {
        return peak * (step + 1) / warmup;
      }
      double done = Math.min(1, (double) (step - warmup) / Math.max(1, steps - warmup));
      return peak * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * done)));
    }
  }

  /// Warm-up, stable, decay (Hu et al., "MiniCPM", 2024, section 4): a linear rise, a plateau, and
  /// a fall by one minus the square root of its progress (Hägele et al., "Scaling Laws and
  /// Compute-Optimal Training Beyond Fixed Training Durations", 2024, equation 4).
  ///
  /// @param peak the rate of the plateau
  /// @param warmup steps of the rise
  /// @param steps steps in all; the rate stays at its last value beyond
  /// @param decay steps of the fall, the last ones
  /// @param floor the last rate as a share of the peak
  record WarmupStableDecay(double peak, long warmup, long steps, long decay, double floor)
      implements Schedule {

    public WarmupStableDecay {
      require(warmup, steps);
      if (decay < 0 || warmup + decay > steps) {
        throw new IllegalArgumentException(
            "warm-up of %d and decay of %d steps do not fit into %d steps: shorten them."
                .formatted(warmup, decay, steps));
      }
    }

    @Override
    public double at(long step) {
      if (step < warmup) {
        return peak * (step + 1) / warmup;
      }
      long fall = step - (steps - decay);
      if (fall < 0) {
        return peak;
      }
      double done = Math.min(1, (fall + 1.0) / Math.max(1, decay));
      return peak * (floor + (1 - floor) * (1 - Math.sqrt(done)));
    }
  }

  /// One schedule after another, the second from its own beginning: where it rises, the rate is
  /// re-warmed (Gupta et al., "Continual Pre-Training of Large Language Models: How to (re)warm
  /// your model?", 2023, arXiv:2308.04014).
  ///
  /// @param steps of the first
  record Sequence(Schedule first, long steps, Schedule second) implements Schedule {

    public Sequence {
      if (steps < 1) {
        throw new IllegalArgumentException(
            "the first schedule has %d steps: give it at least one.".formatted(steps));
      }
    }

    @Override
    public double at(long step) {
      return step < steps ? first.at(step) : second.at(step - steps);
    }
  }

  private static void require(long warmup, long steps) {
    if (warmup < 0 || steps < 1 || warmup > steps) {
      throw new IllegalArgumentException(
          "a warm-up of %d steps does not fit into %d steps: shorten it.".formatted(warmup, steps));
    }
  }
}
