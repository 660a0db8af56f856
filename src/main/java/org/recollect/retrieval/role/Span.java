package org.recollect.retrieval.role;

import java.util.List;

/// Some words of a sentence that follow each other.
///
/// @param from first word
/// @param to behind the last word
record Span(int from, int to) {
  List<String> of(List<String> words) {
    return words.subList(from, to);
  }

  String text(List<String> words) {
    return String.join(" ", of(words));
  }

  boolean overlaps(Span other) {
    return from < other.to && other.from < to;
  }
}
