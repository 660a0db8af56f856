package org.recollect.kernel;

/// The queries and keys of one layer over a whole text.
///
/// @param heads of the queries and keys
/// @param queries `[queryHeads][tokens][headDim]`, finite, after RoPE, not scaled
/// @param keys `[kvHeads][tokens][headDim]`, finite, after RoPE
/// @param window how many of the last queries are kept row by row, at least 1; a shorter text keeps
///   all of its queries
public record Prefill(Heads heads, float[] queries, float[] keys, int window) {

  /// @throws IllegalArgumentException if shapes do not fit together, there is no token, a number is
  ///   not finite, or the rows of the window are too many for an array
  public Prefill {
    if (keys.length == 0 || keys.length % heads.channels() != 0) {
      throw new IllegalArgumentException(
          "%d numbers are not the keys of one or more tokens: give %d heads of %d channels for each."
              .formatted(keys.length, heads.kvHeads(), heads.headDim()));
    }
    if (queries.length != (long) keys.length * heads.queriesPerHead()) {
      throw new IllegalArgumentException(
          "%d tokens with %d query heads of %d channels are %d numbers, not %d: give a query for each token and head."
              .formatted(
                  keys.length / heads.channels(),
                  heads.queryHeads(),
                  heads.headDim(),
                  (long) keys.length * heads.queriesPerHead(),
                  queries.length));
    }
    if (window < 1) {
      throw new IllegalArgumentException(
          "window is " + window + ", but at least the last query is kept: give 1 or more.");
    }
    requireFinite("query", queries);
    requireFinite("key", keys);
    long tokens = keys.length / heads.channels();
    long kept = heads.queryHeads() * tokens * Math.min(window, tokens);
    if (kept > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "The window's rows over %d tokens are %d numbers, more than an array holds: give a smaller window."
              .formatted(tokens, kept));
    }
  }

  /// Tokens of the text.
  public int tokens() {
    return keys.length / heads.channels();
  }

  /// Queries that are kept row by row: the window, or all of a shorter text.
  public int rows() {
    return Math.min(window, tokens());
  }

  private static void requireFinite(String what, float[] x) {
    for (float each : x) {
      if (!Float.isFinite(each)) {
        throw new IllegalArgumentException("A " + what + " holds " + each + ": it must be finite.");
      }
    }
  }
}
