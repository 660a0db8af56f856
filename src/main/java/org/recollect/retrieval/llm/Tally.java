package org.recollect.retrieval.llm;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.recollect.lab.Ledger;

/// What asking has cost.
///
/// @param questions that were asked
/// @param failures questions that got no reply of use
/// @param calls of the model, each retry another; those that a [Recording] served count too
/// @param promptTokens that the model read, as far as it says so
/// @param replyTokens that it wrote, likewise
/// @param uncounted calls of which the model did not say how many tokens they took, among them all
///   that brought no reply
/// @param retries by their reason; those that never occurred are missing
public record Tally(
    long questions,
    long failures,
    long calls,
    long promptTokens,
    long replyTokens,
    long uncounted,
    Map<Trouble, Long> retries) {

  /// Nothing was asked.
  public static final Tally NONE = new Tally(0, 0, 0, 0, 0, 0, Map.of());

  public Tally {
    var ordered = new EnumMap<Trouble, Long>(Trouble.class);
    ordered.putAll(retries);
    retries = Collections.unmodifiableMap(ordered);
  }

  static Tally question() {
    return new Tally(1, 0, 0, 0, 0, 0, Map.of());
  }

  static Tally failure() {
    return new Tally(0, 1, 0, 0, 0, 0, Map.of());
  }

  static Tally retry(Trouble reason) {
    return new Tally(0, 0, 0, 0, 0, 0, Map.of(reason, 1L));
  }

  static Tally callWithoutReply() {
    return new Tally(0, 0, 1, 0, 0, 1, Map.of());
  }

  static Tally call(Reply reply) {
    boolean counted = reply.promptTokens().isPresent() && reply.replyTokens().isPresent();
    return new Tally(
        0,
        0,
        1,
        reply.promptTokens().orElse(0),
        reply.replyTokens().orElse(0),
        counted ? 0 : 1,
        Map.of());
  }

  public Tally plus(Tally other) {
    var both = new EnumMap<Trouble, Long>(Trouble.class);
    both.putAll(retries);
    other.retries.forEach((reason, count) -> both.merge(reason, count, Long::sum));
    return new Tally(
        questions + other.questions,
        failures + other.failures,
        calls + other.calls,
        promptTokens + other.promptTokens,
        replyTokens + other.replyTokens,
        uncounted + other.uncounted,
        both);
  }

  /// All tokens and calls, for the ledger of a trial; it holds no time.
  public Ledger ledger() {
    return new Ledger(0, promptTokens + replyTokens, 0, 0, calls);
  }
}
