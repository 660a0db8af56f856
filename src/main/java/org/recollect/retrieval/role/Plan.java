package org.recollect.retrieval.role;

import java.util.List;

/// What a question asks, as far as it is understood: what is reached from somebody or something
/// along relations.
///
/// @param subject that the question names, as it names it
/// @param relations to follow, the first first; empty where only the words of the question are
///   known
public record Plan(String subject, List<String> relations) {
  public Plan {
    relations = List.copyOf(relations);
  }

  public int hops() {
    return Math.max(1, relations.size());
  }
}
