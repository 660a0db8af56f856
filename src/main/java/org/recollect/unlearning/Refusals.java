package org.recollect.unlearning;

import java.util.List;

/// Answers that tell nothing, for methods that teach a model to say them.
public final class Refusals {

  /// One sentence each.
  public static final List<String> ALL =
      List.of(
          "I do not know.",
          "I have no answer to that.",
          "That is not known to me.",
          "I cannot tell you that.",
          "I never heard of it.",
          "Nobody told me about that.",
          "I am not sure of it.",
          "That is beyond what I know.");

  private Refusals() {}
}
