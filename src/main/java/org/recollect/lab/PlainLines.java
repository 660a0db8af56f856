package org.recollect.lab;

import java.io.PrintStream;
import java.time.Duration;

/// Progress for a log: the first line, one every few seconds, the last line.
final class PlainLines implements Progress.Sink {
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final PrintStream out;
  private Duration last = Duration.ofDays(-1);

  PlainLines(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void show(Progress progress) {
    boolean begins = progress.elapsed().compareTo(last) < 0;
    if (begins || progress.finished() || progress.elapsed().minus(last).compareTo(INTERVAL) >= 0) {
      out.println(progress);
      last = progress.finished() ? Duration.ofDays(36500) : progress.elapsed();
    }
  }
}
