package org.recollect.retrieval.search;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A passage by its number in an index, with a score.
///
/// @param number counted up as passages are added, so that the order of numbers is the library's
record Scored(long number, double score) {
  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble(Scored::score).reversed().thenComparingLong(Scored::number);

  /// The best, of equal ones the first in the library.
  static List<Scored> best(Stream<Scored> all, int k) {
    return all.sorted(BEST_FIRST).limit(k).toList();
  }
}
