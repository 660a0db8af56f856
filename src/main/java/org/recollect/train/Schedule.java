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

  /// A straight line from the peak down to nothing, as most fine-tuning code has it.
  ///
  /// @param peak the first rate
  /// @param steps steps in all; the rate is 0 beyond
  record Linear(double peak, long steps) implements Schedule {

    public Linear {
      require(0, steps);
    }

    @Override
    public double at(long step) {
      return peak * Math.max(0, 1 - (double) step / steps);
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

  /// One schedule again and again, once for each of several tasks or data sets of one length: the
  /// rate is re-warmed and re-decayed (Ibrahim et al., "Simple and Scalable Strategies to
  /// Continually Pre-train Large Language Models", 2024, arXiv:2403.08763). For other lengths, nest
  /// [Sequence].
  ///
  /// @param schedule of one round
  /// @param steps of one round
  record Repeated(Schedule schedule, long steps) implements Schedule {

    public Repeated {
      if (steps < 1) {
        throw new IllegalArgumentException(
            "a round has %d steps: give it at least one.".formatted(steps));
      }
    }

    @Override
    public double at(long step) {
      return schedule.at(step % steps);
    }
  }

  /// A schedule that knows no end (Ibrahim et al., 2024, as [Repeated]): a linear rise to the peak,
  /// a fall to a plateau, and the plateau for as long as data arrive, `plateau + (peak - plateau) *
  /// left(x)` where `x` is the progress of the fall, 0 to 1, and `left` that of its [Cooling]. The
  /// next data set goes on with the same schedule, so that nothing is warmed up again.
  ///
  /// ```java
  /// var schedule = new Schedule.Infinite(3e-3, 0.55, 20, 100, new Cooling.HalfCosine());
  /// ...                                                // train to step 1000
  /// trainer.save(checkpoint);                          // the next data set resumes here
  /// var last = schedule.annealing(1000, 100, 0.1);     // for a model to be used
  /// ```
  ///
  /// @param peak the highest rate, reached at the end of the rise
  /// @param plateau the lasting rate as a share of the peak, above 0 and at most 1; the paper's
  ///   1.65e-4 of 3e-4 is 0.55
  /// @param warmup steps of the rise
  /// @param cooldown steps of the fall
  /// @param cooling the shape of the fall
  record Infinite(double peak, double plateau, long warmup, long cooldown, Cooling cooling)
      implements Schedule {

    public Infinite {
      if (!(plateau > 0 && plateau <= 1)) {
        throw new IllegalArgumentException(
            "the plateau is %s of the peak: give a share above 0 and at most 1."
                .formatted(plateau));
      }
      if (warmup < 0 || cooldown < 0) {
        throw new IllegalArgumentException(
            "a warm-up of %d and a cool-down of %d steps were asked for: give 0 or more of each."
                .formatted(warmup, cooldown));
      }
    }

    @Override
    public double at(long step) {
      if (step < warmup) {
        return peak * (step + 1) / warmup;
      }
      double done = Math.min(1, (double) (step - warmup) / Math.max(1, cooldown));
      return peak * (plateau + (1 - plateau) * cooling.left(done));
    }

    /// This schedule up to a step, and an anneal from there.
    ///
    /// @param from the first step of the anneal, on the plateau
    /// @param steps of the anneal
    /// @param floor the last rate as a share of the peak, above 0 and at most the plateau
    public Annealed annealing(long from, long steps, double floor) {
      return new Annealed(this, from, steps, floor);
    }
  }

  /// The end of an [Infinite] schedule: from the step `from` on, with the progress `x` of the
  /// anneal, 0 to 1, the rate is `plateau * (floor / plateau)^x`. A checkpoint from before `from`
  /// can be resumed by the infinite schedule as well, and belongs to both.
  ///
  /// @param before the schedule up to there
  /// @param from the first step of the anneal, on the plateau
  /// @param steps of the anneal; the rate stays at its last value beyond
  /// @param floor the last rate as a share of the peak, above 0 and at most the plateau
  record Annealed(Infinite before, long from, long steps, double floor) implements Schedule {

    public Annealed {
      if (from < before.warmup + before.cooldown) {
        throw new IllegalArgumentException(
            "an anneal from step %d begins before the plateau, which step %d reaches: begin there or later."
                .formatted(from, before.warmup + before.cooldown));
      }
      if (steps < 1) {
        throw new IllegalArgumentException(
            "an anneal has %d steps: give it at least one.".formatted(steps));
      }
      if (!(floor > 0 && floor <= before.plateau)) {
        throw new IllegalArgumentException(
            "an exponential anneal from %s of the peak does not reach %s: give a share above 0 and at most the first."
                .formatted(before.plateau, floor));
      }
    }

    @Override
    public double at(long step) {
      if (step < from) {
        return before.at(step);
      }
      double done = Math.min(1, (double) (step - from) / steps);
      return before.peak * before.plateau * Math.pow(floor / before.plateau, done);
    }
  }

  private static void require(long warmup, long steps) {
    if (warmup < 0 || steps < 1 || warmup > steps) {
      throw new IllegalArgumentException(
          "a warm-up of %d steps does not fit into %d steps: shorten it.".formatted(warmup, steps));
    }
  }
}
