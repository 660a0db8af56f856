package org.recollect.retrieval.store;

import java.util.Optional;
import java.util.OptionalLong;

/// Which entries a read returns: those that match all that is given.
///
/// ```java
/// store.find(Selection.all().about("Ada").relation("city").asOf(7))
/// ```
///
/// @param asOf the day whose versions are wanted; empty for those that hold now
public record Selection(
    Optional<String> kind,
    Optional<String> subject,
    Optional<String> relation,
    Optional<String> session,
    OptionalLong asOf) {

  /// All that holds now.
  public static Selection all() {
    return new Selection(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty());
  }

  public Selection kind(String kind) {
    return new Selection(Optional.of(kind), subject, relation, session, asOf);
  }

  public Selection about(String subject) {
    return new Selection(kind, Optional.of(subject), relation, session, asOf);
  }

  public Selection relation(String relation) {
    return new Selection(kind, subject, Optional.of(relation), session, asOf);
  }

  public Selection in(String session) {
    return new Selection(kind, subject, relation, Optional.of(session), asOf);
  }

  public Selection asOf(long day) {
    return new Selection(kind, subject, relation, session, OptionalLong.of(day));
  }
}
