package org.recollect.retrieval;

import java.util.List;
import org.recollect.data.Passage;
import org.recollect.retrieval.llm.PromptText;
import org.recollect.retrieval.llm.Reply;
import org.recollect.retrieval.llm.ReplyForm;
import org.recollect.retrieval.role.Crew;
import org.recollect.retrieval.role.Read;
import org.recollect.retrieval.role.Walk;

/// The decisions that several methods leave to a language model, and what most do with them. The
/// wording of the prompts is ours.
public final class Decisions {

  /// A question and what has been fetched for it.
  ///
  /// @param passages the most promising first
  public record Reading(String question, List<Passage> passages) {
    public Reading {
      passages = List.copyOf(passages);
    }

    /// A prompt with the question and the passages, which are numbered from 1.
    public PromptText prompt(String instructions) {
      return PromptText.of(instructions)
          .data("question", question)
          .data("passage", passages.stream().map(Decisions::shown).toList());
    }
  }

  /// A passage with its title and day, as far as it has them: what the embedded roles see too.
  public static String shown(Passage passage) {
    return (passage.title().isEmpty() ? "" : "Title: " + passage.title() + "\n")
        + (passage.day() == 0 ? "" : "Day: " + passage.day() + "\n")
        + passage.text();
  }

  /// The answer that passages give; none where they do not.
  public static final Decision<Reading, Answer> ANSWER =
      new Decision<>(
          "answer",
          in ->
              in.prompt(
                      "You answer questions from the passages that you are given, and from nothing else.")
                  .task(
                      """
                      Answer the question. Reply with two lines:
                      ANSWER: the answer alone, in as few words as possible, or NONE if the passages do not say it
                      PASSAGES: the numbers of the passages that say it, or NONE\
                      """),
          Decisions::answer,
          _ -> Answer.NONE,
          (crew, in) -> answer(crew.walk(in.question(), in.passages())));

  private static Answer answer(Reading in, Reply reply) {
    var numbers = ReplyForm.numbers("PASSAGES", in.passages().size(), reply);
    return new Answer(
        ReplyForm.field("ANSWER", reply),
        numbers.stream().map(number -> in.passages().get(number - 1).id()).toList());
  }

  private static Answer answer(Walk walk) {
    return walk.complete()
        ? new Answer(walk.answer().text(), walk.steps().stream().map(Read::passage).toList())
        : Answer.NONE;
  }

  /// What is to be searched for next.
  ///
  /// @param passages what is known so far
  /// @param asked queries so far
  public record Asking(String question, List<Passage> passages, List<String> asked) {
    public Asking {
      passages = List.copyOf(passages);
      asked = List.copyOf(asked);
    }
  }

  /// A query for what is still missing, other than those before. The embedded roles ask for the
  /// first relation that the passages do not answer, or, where they have asked for it or nothing is
  /// missing, for whatever was reached last.
  public static final Decision<Asking, String> NEW_QUERY =
      new Decision<>(
          "new query",
          in ->
              new Reading(in.question(), in.passages())
                  .prompt("You search for what is still missing to answer a question.")
                  .data("searched for before", String.join("\n", in.asked()))
                  .task(
                      """
                      Reply with one line: what to search for next, rich in the names and words that \
                      the missing passage would have, and other than what was searched for before.\
                      """),
          (_, reply) -> ReplyForm.line(reply),
          Asking::question,
          Decisions::newQuery);

  private static String newQuery(Crew crew, Asking in) {
    var walk = crew.walk(in.question(), in.passages());
    var missing = walk.complete() ? walk.frontier() : walk.wanted(in.question()).query();
    return in.asked().contains(missing) ? walk.frontier() : missing;
  }

  /// The answer from memory, token by token; the embedded form is the study's own model.
  static Decision<String, Draft> draft(Desk desk) {
    return new Decision<>(
        "draft",
        question ->
            PromptText.of("You answer questions from memory.")
                .data("question", question)
                .task(
                    "Reply with the answer alone, in as few words as possible; guess if need be."),
        (_, reply) -> draft(reply),
        _ -> Draft.NOTHING,
        (_, question) -> desk.requireDrafter("draft").answer(question));
  }

  /// Servers give no entropies, and probabilities only where they are asked for.
  private static Draft draft(Reply reply) {
    return new Draft(
        ReplyForm.line(reply),
        reply.tokens().stream().map(Reply.Token::text).toList(),
        reply.tokens().stream().mapToDouble(token -> Math.exp(token.logProbability())).toArray(),
        new double[0]);
  }

  /// The answer that passages give.
  public static Answer answer(Turn turn, List<Passage> passages) {
    return turn.decide(ANSWER, new Reading(turn.question(), passages));
  }

  /// The answer from memory.
  public static Answer recalled(Turn turn) {
    return new Answer(turn.draft().text(), List.of());
  }

  /// The answer that one search with the question itself gives.
  public static Answer searched(Turn turn) {
    return answer(turn, turn.search(turn.question()));
  }

  private Decisions() {}
}
