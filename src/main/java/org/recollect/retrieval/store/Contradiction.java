package org.recollect.retrieval.store;

import java.util.List;

/// Entries that hold at once and cannot all be right: they give one subject different values of a
/// relation that has only one.
///
/// @param entries at least two, in the order of writing
public record Contradiction(String subject, String relation, List<Version> entries) {
  public Contradiction {
    entries = List.copyOf(entries);
  }
}
