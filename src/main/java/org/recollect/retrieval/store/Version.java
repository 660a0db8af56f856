package org.recollect.retrieval.store;

/// What an entry said over a span of days.
///
/// @param note what it said
/// @param number counted from 1; numbers that are missing were forgotten
/// @param from the first day
/// @param until the day from which it no longer held, [#OPEN] while it holds; equal to `from` for a
///   version that did not see the end of its first day
/// @param ending why it no longer holds
public record Version(Note note, int number, long from, long until, Ending ending) {
  /// The end of what still holds.
  public static final long OPEN = Long.MAX_VALUE;

  /// Why a version no longer holds.
  public enum Ending {
    /// It holds.
    NONE,
    /// A later version took its place.
    UPDATED,
    /// It went into another entry, or into a later version of its own.
    MERGED,
    /// The entry was taken out of all reads; see [MemoryStore#restore].
    TOMBSTONED
  }

  public String id() {
    return note.id();
  }

  public String text() {
    return note.text();
  }

  /// Whether it holds now.
  public boolean current() {
    return until == OPEN;
  }

  /// Whether it held on a day.
  public boolean held(long day) {
    return from <= day && day < until;
  }
}
