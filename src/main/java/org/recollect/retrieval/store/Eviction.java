package org.recollect.retrieval.store;

import java.util.List;

/// Decides which keys leave: for want of room, or because time has passed. It knows keys and their
/// weights and nothing else, and needs no store. Mutable.
///
/// A key that is written never makes room for itself by leaving; where it weighs more than the
/// whole limit, it alone leaves at once. Keys that leave are answered once and are then unknown.
public interface Eviction {
  /// A key enters, or is overwritten.
  ///
  /// @param weight in the unit of the limit, at least 0
  /// @return the keys that leave, in that order
  List<String> write(String key, long weight);

  /// A key is used; one that is not there is ignored, but may be remembered.
  void read(String key);

  /// A key leaves for another reason; one that is not there is ignored.
  void remove(String key);

  /// The clock goes on.
  ///
  /// @param day not before an earlier one
  /// @return the keys that leave, in that order
  default List<String> advance(long day) {
    return List.of();
  }
}
