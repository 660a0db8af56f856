package org.recollect.lab;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import org.recollect.lab.Contest.Clock;

/// What a contender does once when it is its turn.
@FunctionalInterface
public interface Round {

  /// Does it, and says how long it took.
  Took take();

  /// What one round took, in nanoseconds.
  record Took(double processor, double wall) {
    double by(Clock clock) {
      return clock == Clock.PROCESSOR ? processor : wall;
    }
  }

  /// A round in the calling thread, timed here.
  public static Round of(Runnable work) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return () -> {
      long start = System.nanoTime();
      long busy = threads.getCurrentThreadCpuTime();
      work.run();
      long worked = threads.getCurrentThreadCpuTime() - busy;
      return new Took(worked, System.nanoTime() - start);
    };
  }
}
