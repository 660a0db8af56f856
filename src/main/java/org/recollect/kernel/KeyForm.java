package org.recollect.kernel;

/// How keys are stored, and so how queries meet them.
public sealed interface KeyForm {

  /// As the queries meet them: their position is already in them, and the queries are in the basis
  /// of the page.
  record Turned() implements KeyForm {}

  /// Before their position was applied, each panel in a basis that may mix its heads: a key is
  /// taken out of its basis and turned to its position whenever it is read, and met by queries that
  /// are turned to theirs.
  ///
  /// @param basis of a panel of keys
  /// @param rotary of each head
  record BeforeRope(Basis basis, Rotary rotary) implements KeyForm {}
}
