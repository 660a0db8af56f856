package org.recollect.kernel;

/// The heads whose keys and values lie side by side in a page, and the queries that meet them.
///
/// Query head `h` meets key/value head `h / queriesPerHead` (grouped-query attention).
///
/// @param kvHeads key/value heads
/// @param queriesPerHead query heads that share one key/value head
/// @param headDim channels of a head
public record Heads(int kvHeads, int queriesPerHead, int headDim) {

  public Heads {
    if (kvHeads < 1 || queriesPerHead < 1 || headDim < 1) {
      throw new IllegalArgumentException(
          "Heads need at least one key/value head, one query a head and one channel; got %d, %d and %d."
              .formatted(kvHeads, queriesPerHead, headDim));
    }
  }

  /// Query heads in all.
  public int queryHeads() {
    return kvHeads * queriesPerHead;
  }

  /// Channels of one token's keys, or values: all heads side by side.
  public int channels() {
    return kvHeads * headDim;
  }
}
