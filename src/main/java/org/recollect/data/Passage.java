package org.recollect.data;

/// A passage of a [Library]: the unit that is fetched and read.
///
/// @param id unique in its library
/// @param title what it is about; may be empty
/// @param text a few sentences
/// @param day when it was written, counted from any day; 0 where nothing is dated
public record Passage(String id, String title, String text, int day) {
  public Passage {
    if (id.isBlank() || text.isBlank()) {
      throw new IllegalArgumentException(
          "A passage needs an id and a text, but got '%s' and '%s'.".formatted(id, text));
    }
  }

  /// A passage without a date.
  public Passage(String id, String title, String text) {
    this(id, title, text, 0);
  }

  /// Title and text, as a reader gets them.
  public String whole() {
    return title.isEmpty() ? text : title + ". " + text;
  }
}
