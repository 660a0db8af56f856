package org.recollect.data;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/// One text of a corpus.
///
/// @param name where it comes from, unique in its corpus, such as `java.base/java/util/List.java`
/// @param text its characters; lines end with `\n`
public record Document(String name, String text) {
  public Document {
    Objects.requireNonNull(name, "a document needs a name");
    Objects.requireNonNull(text, "a document needs a text");
  }

  /// The part of its corpus that this document belongs to.
  public Split split() {
    return Split.of(name);
  }

  /// Size of the text, in bytes of UTF-8.
  public long bytes() {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
