package org.recollect.retrieval.store;

import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/// How much a memory may hold at once, in entries, bytes or tokens.
///
/// @param limit in that unit
/// @param weight what a note takes of it
public record MemoryBudget(long limit, ToLongFunction<Note> weight) {
  /// So many entries.
  public static MemoryBudget entries(long limit) {
    return new MemoryBudget(limit, _ -> 1);
  }

  /// So many bytes; see [Note#bytes].
  public static MemoryBudget bytes(long limit) {
    return new MemoryBudget(limit, Note::bytes);
  }

  /// So many words, as spaces part them.
  public static MemoryBudget words(long limit) {
    return tokens(limit, text -> text.isBlank() ? 0 : text.strip().split("\\s+").length);
  }

  /// So many tokens of the notes' texts.
  ///
  /// @param counter tokens of a text
  public static MemoryBudget tokens(long limit, ToIntFunction<String> counter) {
    return new MemoryBudget(limit, note -> counter.applyAsInt(note.text()));
  }

  /// As much as there is; for policies that look at time only.
  public static MemoryBudget unlimited() {
    return entries(Long.MAX_VALUE);
  }
}
