package org.recollect.retrieval;

import java.util.List;

/// What a policy says in the end.
///
/// @param text empty where it has no answer
/// @param evidence the passages that it was read from, by id; empty where it was said from memory
public record Answer(String text, List<String> evidence) {
  /// No answer.
  public static final Answer NONE = new Answer("", List.of());

  public Answer {
    evidence = List.copyOf(evidence);
  }
}
