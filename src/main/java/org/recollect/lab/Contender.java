package org.recollect.lab;

/// One side of a comparison.
///
/// @param name in tables and plots
/// @param operations in one round; times are told for one of them
/// @param bytes that an operation reads, 0 where that is of no interest
/// @param round over data that lie ready
public record Contender(String name, double operations, double bytes, Round round) {

  public Contender {
    if (!(operations > 0) || bytes < 0) {
      throw new IllegalArgumentException(
          "'%s' needs operations above 0 and bytes of at least 0; got %s and %s."
              .formatted(name, operations, bytes));
    }
  }

  /// Work in the calling thread, whatever it reads.
  public static Contender of(String name, double operations, Runnable round) {
    return new Contender(name, operations, 0, Round.of(round));
  }
}
