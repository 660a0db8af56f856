package org.recollect.bench;

/// Which of its two times a round is judged by.
enum Clock {
  /// Time that the calling thread spent on a processor: what else runs on the machine adds little.
  PROCESSOR,
  /// Time that passed: all there is to say where a contender has threads of its own.
  WALL;

  /// As the reader of a table knows it.
  String title() {
    return this == PROCESSOR ? "thread CPU" : "wall";
  }
}
