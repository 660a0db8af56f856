package org.recollect.notebook.render;

/// Text that a notebook shows formatted.
///
/// @param text in Markdown
public record Markdown(String text) {

  MimeBundle render() {
    return MimeBundle.text(text).markdown(text);
  }

  @Override
  public String toString() {
    return text;
  }
}
