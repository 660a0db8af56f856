package org.recollect.kv;

import org.recollect.lab.Configured;

/// How many tokens each layer and head keeps.
public interface Allocator extends Configured {

  String name();

  /// Shares out `tokens * layers * kvHeads` kept tokens.
  ///
  /// @return tokens kept, `[layers][kvHeads]`, their sum at most what is shared out
  int[][] share(Demand demand);

  /// What each head keeps: of its share, the first and last tokens that its scorer always keeps,
  /// and the most important of the others, all as finely as the codec can. An allocator that also
  /// weighs how finely a token is stored answers here.
  default Retention retain(Demand demand) {
    return Retention.ofMostImportant(demand, share(demand));
  }

  /// This allocator with what it learns from calibration texts. Deterministic. One that learns
  /// nothing returns itself.
  ///
  /// @param policy that it is a part of, whose codec is fitted already
  default Allocator fit(Calibration calibration, Policy policy) {
    return this;
  }
}
