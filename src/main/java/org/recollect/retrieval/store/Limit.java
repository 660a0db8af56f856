package org.recollect.retrieval.store;

/// How much a policy may hold.
record Limit(long weight) {
  Limit {
    if (weight < 1) {
      throw new IllegalArgumentException(
          "The limit is %d, expected at least 1: give room for something.".formatted(weight));
    }
  }

  /// @return whether a key of this weight can be held at all
  boolean admits(String key, long each) {
    if (each < 0) {
      throw new IllegalArgumentException(
          "The key '%s' weighs %d, expected at least 0: mend what weighs it.".formatted(key, each));
    }
    return each <= weight;
  }
}
