package org.recollect.data;

import java.util.List;

/// What a model is to learn at one time of its life, and what its learning is judged by. All
/// examples of a task are of one kind.
///
/// @param name as tables and axes show it
/// @param train what is learned; at least one
/// @param test what it is judged by; at least one, none of them learned
public record Task(String name, List<Example> train, List<Example> test) {

  public Task {
    train = List.copyOf(train);
    test = List.copyOf(test);
    if (name.isBlank()) {
      throw new IllegalArgumentException("A task needs a name, such as java.sql.");
    }
    if (train.isEmpty() || test.isEmpty()) {
      throw new IllegalArgumentException(
          "The task '%s' has %d examples to learn and %d to be judged by: it needs one of each at least."
              .formatted(name, train.size(), test.size()));
    }
    var kind = train.getFirst().getClass();
    if (!train.stream().allMatch(kind::isInstance) || !test.stream().allMatch(kind::isInstance)) {
      throw new IllegalArgumentException(
          "The task '%s' mixes kinds of examples: give questions, excerpts or pictures alone."
              .formatted(name));
    }
  }

  /// The same task with fewer examples: the first ones.
  ///
  /// @param learned at most
  /// @param judged at most
  public Task first(int learned, int judged) {
    return new Task(
        name,
        train.subList(0, Math.min(learned, train.size())),
        test.subList(0, Math.min(judged, test.size())));
  }

  /// The same under another name.
  public Task named(String other) {
    return new Task(other, train, test);
  }

  /// SHA-256 of the name and all examples in order, in lower-case hexadecimal.
  public String digest() {
    var digest = new TextDigest();
    addTo(digest);
    return digest.hex();
  }

  void addTo(TextDigest digest) {
    digest.add(name);
    for (var part : List.of(train, test)) {
      digest.number(part.size());
      part.forEach(example -> add(example, digest));
    }
  }

  private static void add(Example example, TextDigest digest) {
    switch (example) {
      case Example.Question question ->
          digest.add(question.prompt()).add(question.answer()).add(question.content());
      case Example.Excerpt excerpt -> digest.add(excerpt.text());
      case Example.Picture picture -> {
        digest.number(picture.item().label());
        for (float pixel : picture.item().planes()) {
          digest.number(Float.floatToIntBits(pixel));
        }
      }
    }
  }
}
