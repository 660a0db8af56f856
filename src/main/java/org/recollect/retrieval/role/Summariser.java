package org.recollect.retrieval.role;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.recollect.data.Passage;

/// Keeps of passages the sentences that speak of what a question is after (E5 of the method
/// sheets): first of its subject, then of whatever is reached from there by what has been kept.
/// Sentences that speak of it by another name are lost, and those that merely name it are kept.
final class Summariser {
  private static final double ENOUGH_OF_A_NAME = 0.5;

  private final Function<List<Passage>, Walk> walk;

  /// @param walk of the question through passages
  Summariser(Function<List<Passage>, Walk> walk) {
    this.walk = walk;
  }

  /// The passages with the sentences kept; those that have none are left out.
  List<Passage> keep(List<Passage> passages) {
    var frontier = new LinkedHashSet<String>();
    List<Passage> kept = List.of();
    frontier.add(walk.apply(kept).plan().subject());
    while (true) {
      kept = mentioning(frontier, passages);
      boolean more = false;
      for (Read step : walk.apply(kept).steps()) {
        more |= frontier.add(step.text());
      }
      if (!more) {
        return kept;
      }
    }
  }

  private static List<Passage> mentioning(Set<String> frontier, List<Passage> passages) {
    var kept = new ArrayList<Passage>();
    for (Passage passage : passages) {
      var sentences =
          Words.sentences(passage.text()).stream()
              .filter(sentence -> frontier.stream().anyMatch(name -> names(sentence, name)))
              .toList();
      if (!sentences.isEmpty()) {
        kept.add(
            new Passage(passage.id(), passage.title(), String.join(" ", sentences), passage.day()));
      }
    }
    return kept;
  }

  private static boolean names(String sentence, String name) {
    return Mention.find(Words.of(name), Words.of(sentence)).share() >= ENOUGH_OF_A_NAME;
  }
}
