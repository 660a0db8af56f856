package org.recollect.continual;

import org.recollect.lab.Meter;

/// What training reads and computes, on a trial's meter. Mutable; judging is not counted.
final class Effort {
  private final Meter meter;
  private boolean counting;
  private long tokens;
  private double flop;
  private long passes;

  Effort(Meter meter) {
    this.meter = meter;
  }

  void counting(boolean on) {
    counting = on;
  }

  /// One pass, if it is one of training.
  void add(long tokens, double flop) {
    if (counting) {
      add(tokens, flop, 1);
    }
  }

  private void add(long moreTokens, double moreFlop, long morePasses) {
    tokens += moreTokens;
    flop += moreFlop;
    passes += morePasses;
    meter.tokens(moreTokens).flop(moreFlop).modelCalls(morePasses);
  }

  /// Floating-point operations until now.
  double flop() {
    return flop;
  }

  void save(Snapshot to) {
    to.put("effort", tokens, flop, passes);
  }

  void load(Snapshot from) {
    double[] before = from.numbers("effort");
    add(Math.round(before[0]), before[1], Math.round(before[2]));
  }
}
