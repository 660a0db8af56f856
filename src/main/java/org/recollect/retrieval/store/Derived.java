package org.recollect.retrieval.store;

/// What becomes of entries that were made from a forgotten one.
public enum Derived {
  /// All are forgotten, and what was made from them in turn: nothing that has seen the forgotten
  /// one stays.
  ALL,
  /// Only what has no other source is forgotten; an entry with another one keeps its text, which
  /// may still say what was to be forgotten, and loses the versions that had no other.
  UNSUPPORTED
}
