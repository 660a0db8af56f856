package org.recollect.retrieval;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.recollect.data.OpenQuestion;
import org.recollect.data.Passage;
import org.recollect.data.World;
import org.recollect.retrieval.role.Crew;
import org.recollect.retrieval.search.Retriever;
import org.recollect.tensor.RandomStream;

/// What lies ready for all policies on one world with one seed.
///
/// @param world its passages and questions
/// @param index finds its passages
/// @param cast who takes the decisions
/// @param roles what takes those that are left to it; empty where none is
/// @param drafter what answers from memory; empty where the study has none
/// @param fetched passages that a search brings unless a policy says otherwise
/// @param seed of all that a policy leaves to chance
/// @param rehearsals what has been found out about questions to choose by, so far
/// @param known whether memory is right on a question, as far as that has been found out
public record Desk(
    World.Drawn world,
    Retriever index,
    Cast cast,
    Optional<Crew> roles,
    Optional<Drafter> drafter,
    int fetched,
    long seed,
    Map<String, Rehearsal> rehearsals,
    Map<String, Boolean> known) {

  /// Random numbers of a policy's own.
  public RandomStream random(String purpose) {
    return RandomStream.of(seed, "policy", purpose);
  }

  /// Passages as they were there on a day, 0 for all.
  List<Passage> search(String query, int count, int day) {
    return Crew.Search.in(index).on(day).fetch(query, count);
  }

  Crew crew() {
    return roles.orElseThrow(() ->
        new IllegalStateException(
            "No decision is left to the embedded roles: name those that are with Cast.embedding(...)."));
  }

  /// What answers from memory.
  ///
  /// @param policy who asks, for the message
  /// @throws IllegalStateException if the study has none
  public Drafter requireDrafter(String policy) {
    return drafter.orElseThrow(() ->
        new IllegalStateException(
            "'%s' answers from memory, but the study has no model that could: add knowing(ClosedBook.of(96, 2))."
                .formatted(policy)));
  }

  /// Questions of one hop to train on, whose answers the model was not taught: from what it says to
  /// them, a method can learn what it knows.
  ///
  /// @throws IllegalStateException if there is no model, or it was taught all
  public List<OpenQuestion> untaught(String policy) {
    var taught = Set.copyOf(requireDrafter(policy).lessons());
    var left =
        world.questions().train().stream()
            .filter(each -> each.hops() == 1 && !taught.contains(each))
            .toList();
    if (left.isEmpty()) {
      throw new IllegalStateException(
          "'%s' learns from questions whose answers the model was not taught, but there are none: add holdingBack(0.5) to the model of knowing(...)."
              .formatted(policy));
    }
    return left;
  }

  /// Whether an answer is right on a question.
  public static boolean right(String answer, OpenQuestion question) {
    return Marking.contains(answer, question.answers());
  }

  /// What comes out for a question to choose by.
  ///
  /// @param alone whether the answer from memory is right
  /// @param searched whether the answer of one search is
  record Rehearsal(boolean alone, boolean searched) {}

  /// Whether memory and one search are right on a question; found out once for all policies.
  Rehearsal rehearsal(OpenQuestion question) {
    return rehearsals.computeIfAbsent(
        question.id(),
        _ ->
            new Rehearsal(
                known(question), right(Decisions.searched(rehearse(question)).text(), question)));
  }

  /// Whether memory is right on a question; found out once for all policies.
  boolean known(OpenQuestion question) {
    return known.computeIfAbsent(
        question.id(), _ -> right(Decisions.recalled(rehearse(question)).text(), question));
  }

  /// A turn that is counted for nobody: for getting ready.
  Turn rehearse(OpenQuestion question) {
    return new Turn(this, question);
  }
}
