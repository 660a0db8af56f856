package org.recollect.data;

/// What the entities of a [FactWorld] are.
enum EntityType {
  PERSON,
  TOWN,
  FIRM,
  PROVINCE
}
