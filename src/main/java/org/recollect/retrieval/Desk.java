package org.recollect.retrieval;

import java.util.List;
import java.util.Optional;
import org.recollect.data.OpenQuestion;
import org.recollect.data.Passage;
import org.recollect.data.World;
import org.recollect.retrieval.role.Crew;
import org.recollect.retrieval.search.Index;
import org.recollect.tensor.RandomStream;

/// What lies ready for all policies on one world with one seed.
///
/// @param world its passages and questions
/// @param index of its passages
/// @param crew the roles
/// @param drafter what answers from memory; empty where the study has none
/// @param fetched passages that a search brings unless a policy says otherwise
/// @param seed of all that a policy leaves to chance
public record Desk(
    World.Drawn world, Index index, Crew crew, Optional<Drafter> drafter, int fetched, long seed) {

  /// Random numbers of a policy's own.
  public RandomStream random(String purpose) {
    return RandomStream.of(seed, "policy", purpose);
  }

  List<Passage> search(String query, int count) {
    return index.search(query, count).stream().map(hit -> hit.passage()).toList();
  }

  Drafter requireDrafter(String policy) {
    return drafter.orElseThrow(() ->
        new IllegalStateException(
            "'%s' answers from memory, but the study has no model that could: add knowing(ClosedBook.of(96, 2))."
                .formatted(policy)));
  }

  /// A turn that is counted for nobody: for getting ready.
  Turn rehearse(OpenQuestion question) {
    return new Turn(this, question);
  }
}
