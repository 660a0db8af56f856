package org.recollect.papers;

import java.util.Locale;

/// The five groups that the catalogue's papers fall into; each has its own kind of study.
public enum Family {
  /// Which keys and values a decoder keeps, and how they are stored.
  KV("KV cache"),
  /// Architectures, optimisers and agents that carry state of their own.
  MEMORY("Memory architectures"),
  /// What is fetched, when, and what an agent writes down.
  RETRIEVAL("Retrieval and agent memory"),
  /// Learning one thing after another without losing the earlier ones.
  CONTINUAL("Continual learning"),
  /// Taking something back out of a trained model.
  UNLEARNING("Unlearning");

  private final String label;

  Family(String label) {
    this.label = label;
  }

  /// The family's name as a heading.
  public String label() {
    return label;
  }

  /// The family's folder under `notebooks/`, which is also the name of its package and of its
  /// resource: `kv`, `memory`, `retrieval`, `continual` or `unlearning`.
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }
}
