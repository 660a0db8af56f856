package org.recollect.lab;

import java.util.ArrayList;
import java.util.concurrent.locks.LockSupport;
import org.recollect.tensor.Memory;

/// How much native memory some work needs at once, beyond what the process holds at rest.
///
/// The C library is asked ten thousand times a second, from a thread of its own, how many bytes are
/// allocated; what a round needs is the largest answer less the smallest. What else the process
/// does meanwhile, such as compiling Java code, adds to it, and on a busy machine a short peak can
/// be missed: rounds are repeated until two agree to 2 %, and those count; of seven that do not,
/// the median.
public final class PeakMemory {

  private static final long INTERVAL = 100_000;
  private static final int MOST_ROUNDS = 7;
  private static final double AGREEMENT = 0.02;

  /// The answers during one round. Mutable.
  private static final class Watch implements Runnable {
    private volatile boolean over;
    private long least = Memory.allocatedBytes();
    private long most = least;

    @Override
    public void run() {
      while (!over) {
        long now = Memory.allocatedBytes();
        least = Math.min(least, now);
        most = Math.max(most, now);
        LockSupport.parkNanos(INTERVAL);
      }
    }
  }

  private PeakMemory() {}

  /// Runs the work at least twice and returns the bytes that it needs at once.
  ///
  /// @param work leaves as much memory behind as it found, and needs the same each time
  /// @throws IllegalStateException where the C library does not tell, or when the thread is
  ///   interrupted
  public static long of(Runnable work) {
    var rounds = new ArrayList<Long>();
    while (rounds.size() < MOST_ROUNDS) {
      var watch = watched(work);
      long needed = watch.most - watch.least;
      for (long other : rounds) {
        if (Math.abs(needed - other) <= AGREEMENT * Math.min(needed, other)) {
          return (needed + other) / 2;
        }
      }
      rounds.add(needed);
    }
    rounds.sort(null);
    return rounds.get(MOST_ROUNDS / 2);
  }

  private static Watch watched(Runnable work) {
    var watch = new Watch();
    var thread = Thread.ofPlatform().daemon().name("peak memory").start(watch);
    try {
      work.run();
    } finally {
      watch.over = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return watch;
  }
}
