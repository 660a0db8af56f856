package org.recollect.data;

import java.util.List;
import java.util.Optional;

/// A question to be answered from what a model knows or from a [Library]. Methods are shown its
/// text; all else is for judges, and for methods whose definition asks for it.
///
/// @param id unique in its set
/// @param text as it is asked
/// @param answers that count as right, the usual one first; at least one
/// @param outdated answers that were right once
/// @param evidence for each step of the reasoning the passages any one of which states it, by id;
///   empty where nobody has noted them
/// @param subject whom or what it is about; empty where that is not noted
/// @param relation what it asks about that, such as `place of birth`; empty where that is not noted
/// @param popularity how often texts speak of that
/// @param day when it is asked: passages of later days are not known then; 0 for when all are
public record OpenQuestion(
    String id,
    String text,
    List<String> answers,
    List<String> outdated,
    List<List<String>> evidence,
    String subject,
    String relation,
    Optional<Popularity> popularity,
    int day) {

  public OpenQuestion {
    if (id.isBlank() || text.isBlank()) {
      throw new IllegalArgumentException(
          "A question needs an id and a text, but got '%s' and '%s'.".formatted(id, text));
    }
    if (answers.isEmpty() || answers.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "The question '%s' needs at least one answer, and none that is blank.".formatted(text));
    }
    answers = List.copyOf(answers);
    outdated = List.copyOf(outdated);
    evidence = evidence.stream().map(List::copyOf).toList();
  }

  /// A question that is asked when all passages are known.
  public OpenQuestion(
      String id,
      String text,
      List<String> answers,
      List<String> outdated,
      List<List<String>> evidence,
      String subject,
      String relation,
      Optional<Popularity> popularity) {
    this(id, text, answers, outdated, evidence, subject, relation, popularity, 0);
  }

  /// A question and its answers, nothing else.
  public OpenQuestion(String id, String text, List<String> answers) {
    this(id, text, answers, List.of(), List.of(), "", "", Optional.empty());
  }

  /// Steps of the reasoning: 1 for a question that one passage answers, or where nobody has noted
  /// them.
  public int hops() {
    return Math.max(1, evidence.size());
  }

  void addTo(TextDigest digest) {
    digest.add(id).add(text).add(answers).add(outdated).add(subject).add(relation);
    digest.number(evidence.size());
    evidence.forEach(digest::add);
    digest.add(popularity.toString()).number(day);
  }
}
