package org.recollect.retrieval;

import java.util.List;
import java.util.stream.Collectors;
import org.recollect.data.Passage;
import org.recollect.retrieval.role.Crew;
import org.recollect.retrieval.role.Walk;

/// The decisions that several methods leave to a language model.
public final class Decisions {

  /// A question and what has been fetched for it.
  ///
  /// @param passages the most promising first
  public record Reading(String question, List<Passage> passages) {
    public Reading {
      passages = List.copyOf(passages);
    }

    /// All that is read: the passages, then the question.
    public String text() {
      return passages.stream().map(Passage::whole).collect(Collectors.joining("\n", "", "\n"))
          + question;
    }
  }

  /// How far passages answer a question, and what the answer is.
  public static final Decision<Reading, Walk> ANSWER =
      new Decision<>(
          "answer", Reading::text, (crew, in) -> crew.walk(in.question(), in.passages()));

  /// What is to be searched for next.
  ///
  /// @param passages what is known so far
  /// @param asked queries so far
  public record Asking(String question, List<Passage> passages, List<String> asked) {
    public Asking {
      passages = List.copyOf(passages);
      asked = List.copyOf(asked);
    }

    String text() {
      return new Reading(question, passages).text() + "\n" + String.join("\n", asked);
    }
  }

  /// A query for what is still missing, other than those before. The embedded roles ask for the
  /// first relation that the passages do not answer, or, where they have asked for it or nothing is
  /// missing, for whatever was reached last.
  public static final Decision<Asking, String> NEW_QUERY =
      new Decision<>("new query", Asking::text, Decisions::newQuery);

  private static String newQuery(Crew crew, Asking in) {
    var walk = crew.walk(in.question(), in.passages());
    var missing = walk.complete() ? walk.frontier() : walk.wanted(in.question()).query();
    return in.asked().contains(missing) ? walk.frontier() : missing;
  }

  private Decisions() {}
}
