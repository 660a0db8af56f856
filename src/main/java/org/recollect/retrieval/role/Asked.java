package org.recollect.retrieval.role;

import java.util.List;

/// What a reader looks for: something about somebody or something.
///
/// @param subject as the question names it
/// @param wanted what is asked about it: the name of a relation, or the other words of a question
///   that is not understood further; in lower case
public record Asked(String subject, List<String> wanted) {
  public Asked {
    wanted = List.copyOf(wanted);
  }

  /// One relation of a plan.
  public static Asked of(String subject, String relation) {
    return new Asked(subject, List.of(relation));
  }

  /// A plan without relations, by the words of its question.
  static Asked of(String question, Plan plan) {
    var subject = Words.lower(plan.subject());
    return new Asked(
        plan.subject(),
        Words.lower(question).stream().filter(word -> !subject.contains(word)).toList());
  }

  /// As a search string.
  public String query() {
    return String.join(" ", wanted) + " " + subject;
  }
}
