package org.recollect.data;

/// Somebody or something that a [FactWorld] has facts about.
///
/// @param id from 0, the place in the world's list
/// @param name that questions and passages use
/// @param trade of a person, which tells namesakes apart; empty for the others
/// @param namesake whether another person has the same name
record FactEntity(int id, EntityType type, String name, String trade, boolean namesake) {

  /// As a text speaks of it where it must be clear who is meant.
  String mention() {
    return namesake ? "the " + trade + " " + name : name;
  }

  /// The first sentence about it.
  String introduction() {
    return switch (type) {
      case PERSON -> name + " is a " + trade + ".";
      case TOWN -> name + " is a town.";
      case FIRM -> name + " is a firm.";
      case PROVINCE -> name + " is a province.";
    };
  }
}
