package org.recollect.retrieval.llm;

import java.time.Duration;

/// How long to wait before a model is asked again.
@FunctionalInterface
public interface Pause {

  /// Not at all.
  Pause NONE = (_, _) -> {};

  /// Returns when it is time.
  ///
  /// @param retry from 1
  /// @param trouble why it is asked again
  void before(int retry, Trouble trouble) throws InterruptedException;

  /// Waits twice as long each time, where it is the server that has trouble; a model that has
  /// replied is asked again at once. There is no chance in it.
  ///
  /// @param first before the first retry
  /// @param most before any
  static Pause doubling(Duration first, Duration most) {
    return (retry, trouble) -> {
      if (trouble.reminder().isEmpty()) {
        var longer = first.multipliedBy(1L << Math.min(retry - 1, 20));
        Thread.sleep(longer.compareTo(most) < 0 ? longer : most);
      }
    };
  }
}
