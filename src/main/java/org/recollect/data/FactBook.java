package org.recollect.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// All that holds in a [FactWorld].
///
/// @param entities by id
/// @param facts of each entity by relation
/// @param remarks how often a model is told about an entity what is no fact
record FactBook(
    List<FactEntity> entities,
    Map<FactEntity, SequencedMap<FactRelation, Fact>> facts,
    SequencedMap<FactEntity, Integer> remarks) {

  List<Fact> all() {
    return entities.stream().flatMap(each -> of(each).stream()).toList();
  }

  List<Fact> of(FactEntity entity) {
    return List.copyOf(facts.get(entity).values());
  }

  Optional<Fact> fact(FactEntity entity, FactRelation relation) {
    return Optional.ofNullable(facts.get(entity).get(relation));
  }

  /// How often a model reads of an entity, as the subject.
  int mentions(FactEntity entity) {
    return remarks.get(entity) + of(entity).stream().mapToInt(Fact::exposures).sum();
  }
}
