package org.recollect.kv;

import java.util.Map;

/// How many tokens each layer and head keeps.
public interface Allocator {

  String name();

  /// Everything that makes this allocator what it is, for the hash of a trial.
  Map<String, ?> configuration();

  /// Shares out `tokens * layers * kvHeads` kept tokens.
  ///
  /// @param importance of every token, `[layers][kvHeads][tokens]`, as the scorer gave it
  /// @param tokens kept by a head on average
  /// @return tokens kept, `[layers][kvHeads]`, their sum at most what is shared out
  int[][] share(float[][][] importance, int tokens);
}
