package org.recollect.retrieval.llm;

import java.util.List;
import java.util.Locale;

/// A model has not given a reply of use within the tries that it had. It is a checked exception so
/// that whoever asks decides in that place what stands in for the reply, and says so.
public final class NoReply extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Trouble> troubles;

  NoReply(String model, List<Trouble> troubles, String last) {
    super("%s gave no reply of use: %s. %s".formatted(model, named(troubles), last));
    this.troubles = List.copyOf(troubles);
  }

  private static String named(List<Trouble> troubles) {
    return String.join(
        ", then ",
        troubles.stream()
            .map(trouble -> trouble.name().toLowerCase(Locale.ROOT).replace('_', ' '))
            .toList());
  }

  /// What happened at each try, in order; at least one.
  public List<Trouble> troubles() {
    return troubles;
  }
}
