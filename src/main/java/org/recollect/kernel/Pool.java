package org.recollect.kernel;

import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/// The threads that kernels share: as many as there are processors, idle ones do not keep a process
/// alive.
final class Pool {

  private static final ExecutorService THREADS =
      Executors.newFixedThreadPool(
          Runtime.getRuntime().availableProcessors(),
          Thread.ofPlatform().daemon().name("recollect-kernel-", 0).factory());

  private Pool() {}

  /// The results of parts that do not depend on one another, in order. The last part runs in the
  /// thread that asks.
  ///
  /// @param parts at least 1
  static <T> List<T> map(int parts, IntFunction<T> work) {
    var others =
        IntStream.range(0, parts - 1).mapToObj(i -> THREADS.submit(() -> work.apply(i))).toList();
    T last = work.apply(parts - 1);
    return IntStream.range(0, parts)
        .mapToObj(i -> i == parts - 1 ? last : joined(others.get(i)))
        .toList();
  }

  private static <T> T joined(Future<T> part) {
    try {
      return part.get();
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException("A kernel failed.", failure.getCause());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("A kernel was interrupted: run it again.", stop);
    }
  }
}
