package org.recollect.data;

import static org.recollect.data.EntityType.FIRM;
import static org.recollect.data.EntityType.PERSON;
import static org.recollect.data.EntityType.TOWN;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What the facts of a [FactWorld] say.
enum FactRelation {
  BIRTHPLACE(PERSON, TOWN, false),
  EMPLOYER(PERSON, FIRM, true),
  TEACHER(PERSON, PERSON, false),
  INSTRUMENT(PERSON, null, false),
  PRIZE(PERSON, null, false),
  PROVINCE(TOWN, EntityType.PROVINCE, false),
  MAYOR(TOWN, PERSON, true),
  RIVER(TOWN, null, false),
  SEAT(FIRM, TOWN, true),
  FOUNDER(FIRM, PERSON, false),
  PRODUCT(FIRM, null, false),
  CAPITAL(EntityType.PROVINCE, TOWN, false);

  private final EntityType subject;
  private final EntityType object;
  private final boolean changes;
  private final FactEnglish english;

  FactRelation(EntityType subject, EntityType object, boolean changes) {
    this.subject = subject;
    this.object = object;
    this.changes = changes;
    this.english = FactEnglish.read(label());
  }

  /// The relations that entities of a type have.
  static List<FactRelation> of(EntityType subject) {
    return Arrays.stream(values()).filter(each -> each.subject == subject).toList();
  }

  String label() {
    return name().toLowerCase();
  }

  /// What its objects are; empty where they are words about which there are no facts.
  Optional<EntityType> object() {
    return Optional.ofNullable(object);
  }

  /// Whether it may come to hold of another object later.
  boolean changes() {
    return changes;
  }

  FactEnglish english() {
    return english;
  }
}
