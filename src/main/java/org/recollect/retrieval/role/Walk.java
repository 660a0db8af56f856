package org.recollect.retrieval.role;

import java.util.List;

/// How far the passages at hand answer a question, relation after relation.
///
/// @param plan of the question
/// @param steps what was read for each relation, up to the first that was not found; for a plan
///   without relations one at most
public record Walk(Plan plan, List<Read> steps) {
  public Walk {
    steps = List.copyOf(steps);
  }

  public boolean complete() {
    return steps.size() == plan.hops();
  }

  /// The last thing that was reached: the answer where the walk is complete.
  public Read answer() {
    return complete() ? steps.getLast() : Read.NOTHING;
  }

  /// Where the walk stands: the subject of the relation that is looked for next.
  public String frontier() {
    return steps.isEmpty() ? plan.subject() : steps.getLast().text();
  }

  /// The probability that all steps are right, as the reader sees them.
  public double probability() {
    return steps.stream().mapToDouble(Read::probability).reduce(1, (a, b) -> a * b);
  }

  /// What is looked for next; the words of the question where its relations are not known.
  ///
  /// @throws IllegalStateException if the walk is complete
  public Asked wanted(String question) {
    if (complete()) {
      throw new IllegalStateException("Nothing is wanted any more: the walk is complete.");
    }
    return plan.relations().isEmpty()
        ? Asked.of(question, plan)
        : Asked.of(frontier(), plan.relations().get(steps.size()));
  }
}
