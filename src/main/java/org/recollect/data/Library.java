package org.recollect.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A named, ordered, immutable collection of passages to search in; never empty.
public final class Library {
  private final String name;
  private final Map<String, Passage> passages;

  private Library(String name, Map<String, Passage> passages) {
    this.name = name;
    this.passages = Collections.unmodifiableMap(passages);
  }

  /// @param name as captions show it
  /// @param passages at least one
  /// @throws IllegalArgumentException when there is none, or two have the same id
  public static Library of(String name, List<Passage> passages) {
    if (passages.isEmpty()) {
      throw new IllegalArgumentException("The library '" + name + "' has no passages.");
    }
    var byId = new LinkedHashMap<String, Passage>();
    for (Passage passage : passages) {
      if (byId.put(passage.id(), passage) != null) {
        throw new IllegalArgumentException(
            "The library '%s' has two passages with the id '%s': ids must differ, rename one."
                .formatted(name, passage.id()));
      }
    }
    return new Library(name, byId);
  }

  /// Passages cut from a corpus, each within one document, which is its title. A passage ends with
  /// a line or a sentence, unless that alone is longer than a passage.
  ///
  /// @param words of a passage, at most; at least 1
  /// @throws IllegalArgumentException when the corpus has no words
  public static Library of(Corpus corpus, int words) {
    if (words < 1) {
      throw new IllegalArgumentException(
          "A passage has one word or more, not %d.".formatted(words));
    }
    var passages = new ArrayList<Passage>();
    for (Document document : corpus.documents()) {
      var texts = Cutting.of(document.text(), words);
      for (int i = 0; i < texts.size(); i++) {
        var id = "%s, passage %d".formatted(document.name(), i + 1);
        passages.add(new Passage(id, document.name(), texts.get(i)));
      }
    }
    return of(corpus.name(), passages);
  }

  public String name() {
    return name;
  }

  public List<Passage> passages() {
    return List.copyOf(passages.values());
  }

  public boolean has(String id) {
    return passages.containsKey(id);
  }

  /// @throws IllegalArgumentException when there is none with this id
  public Passage passage(String id) {
    var passage = passages.get(id);
    if (passage == null) {
      throw new IllegalArgumentException(
          "The library '%s' has no passage '%s' among its %,d."
              .formatted(name, id, passages.size()));
    }
    return passage;
  }

  /// Size of all titles and texts, in bytes of UTF-8.
  public long bytes() {
    return passages.values().stream()
        .mapToLong(each -> each.whole().getBytes(StandardCharsets.UTF_8).length)
        .sum();
  }

  /// SHA-256 of all passages, in lower-case hexadecimal.
  public String digest() {
    var digest = new TextDigest();
    for (Passage each : passages.values()) {
      digest.add(each.id()).add(each.title()).add(each.text()).number(each.day());
    }
    return digest.hex();
  }

  @Override
  public String toString() {
    return "%s: %,d passages, %,d bytes".formatted(name, passages.size(), bytes());
  }
}
