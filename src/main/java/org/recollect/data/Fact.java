package org.recollect.data;

import java.util.Optional;
import org.recollect.tensor.RandomStream;

/// One fact of a [FactWorld].
///
/// @param value that holds now
/// @param object the entity of this name; empty where the value is a word, or a name that two have
/// @param former value that held before; empty where nothing has changed
/// @param exposures how often a model is told it
record Fact(
    FactEntity subject,
    FactRelation relation,
    String value,
    Optional<FactEntity> object,
    Optional<String> former,
    int exposures) {

  /// What held when the oldest passages were written.
  String first() {
    return former.orElse(value);
  }

  /// A sentence that says it, in any way.
  String say(String value, RandomStream random) {
    return FactEnglish.sentence(
        random.pick(relation.english().statements().all()), subject.mention(), value);
  }

  /// A sentence that a model is told.
  String tell(RandomStream random) {
    return FactEnglish.sentence(
        random.pick(relation.english().statements().taught()), subject.mention(), first());
  }
}
