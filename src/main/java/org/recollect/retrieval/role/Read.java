package org.recollect.retrieval.role;

/// What a reader found.
///
/// @param text of the answer; empty where nothing was found
/// @param probability that it is right, as the reader sees it
/// @param sentence that says so
/// @param passage it stands in, by id
public record Read(String text, double probability, String sentence, String passage) {
  /// Nothing was found.
  public static final Read NOTHING = new Read("", 0, "", "");

  public boolean found() {
    return !text.isEmpty();
  }
}
