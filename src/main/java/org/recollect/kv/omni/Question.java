package org.recollect.kv.omni;

/// What is asked about a [Clip].
///
/// @param topic what kind of thing
/// @param about the window whose glyph is asked for, or the kind of tone that is counted, from 0
public record Question(Topic topic, int about) {

  /// Kinds of question.
  public enum Topic {
    /// Which glyph is shown in a window?
    GLYPH,
    /// How many windows sound a kind of tone?
    COUNT
  }
}
