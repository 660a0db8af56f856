package org.recollect.lab;

/// Counts what the running trial spends; the study closes it into the trial's [Ledger]. Mutable,
/// for the trial's own thread.
///
/// Each call also lets the progress display move, so call it at least once a second in long trials.
public final class Meter {
  private final long started = System.nanoTime();
  private final Runnable heartbeat;
  private long tokens;
  private long bytes;
  private double flop;
  private long modelCalls;

  /// A meter that is read by nobody else: for tests, and for work outside a study.
  public Meter() {
    this(() -> {});
  }

  Meter(Runnable heartbeat) {
    this.heartbeat = heartbeat;
  }

  public Meter tokens(long count) {
    tokens += count;
    heartbeat.run();
    return this;
  }

  public Meter bytes(long count) {
    bytes += count;
    heartbeat.run();
    return this;
  }

  public Meter flop(double count) {
    flop += count;
    heartbeat.run();
    return this;
  }

  public Meter modelCalls(long count) {
    modelCalls += count;
    heartbeat.run();
    return this;
  }

  /// What was spent until now.
  public Ledger read() {
    return new Ledger((System.nanoTime() - started) / 1e9, tokens, bytes, flop, modelCalls);
  }
}
