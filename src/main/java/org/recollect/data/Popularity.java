package org.recollect.data;

import java.util.OptionalDouble;

/// How often texts speak of what a question asks about.
///
/// @param subject mentions of the subject, or views of its page
/// @param pair mentions of the subject together with the relation that is asked for, the S-R count
///   of WiTQA; empty where nobody has counted
public record Popularity(double subject, OptionalDouble pair) {
  public Popularity {
    if (!(subject >= 0) || !(pair.orElse(0) >= 0)) {
      throw new IllegalArgumentException(
          "Popularity is a count of at least 0, but got %s and %s.".formatted(subject, pair));
    }
  }
}
