package org.recollect.data;

/// What is right about an answer to a [SkillTask]. An answer that was right once and no longer is
/// was forgotten superficially where only the form is wrong, and essentially where the content is.
///
/// @param form whether it stands in the task's own frame, with an end, and has content of the kind
///   that the skill asks for: digits, letters, yes or no, a colour
/// @param content whether that is right which is left of it without the words of any frame
public record Judgement(boolean form, boolean content) {

  /// Whether it is right word for word.
  public boolean strict() {
    return form && content;
  }
}
