package org.recollect.unlearning;

import java.util.List;
import org.recollect.data.QaItem;
import org.recollect.tensor.RandomStream;

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

  /// Each question with a refusal in place of its answer: one of [#ALL], drawn once for a question
  /// and a seed. The released code of TOFU draws another each time; so a run may be repeated
  /// (inferred).
  static List<QaItem> to(List<QaItem> items, long seed) {
    return items.stream().map(item -> to(item, seed)).toList();
  }

  private static QaItem to(QaItem item, long seed) {
    var refusal = RandomStream.of(seed, "refusal", item.question()).pick(ALL);
    return new QaItem(item.about(), item.question(), refusal);
  }
}
