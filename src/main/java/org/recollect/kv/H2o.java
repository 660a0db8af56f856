package org.recollect.kv;

import org.recollect.model.Prompt;

/// H2O (Zhang et al., "H2O: Heavy-Hitter Oracle for Efficient Generative Inference of Large
/// Language Models", 2023).
///
/// A few tokens collect most of the attention, and go on collecting it: keep these heavy hitters
/// and the most recent tokens.
///
/// - Importance of token `t` to a head: the sum of its attention weights over all queries so far,
///   `sum_q p[q][t]`, averaged over the query heads that share the key (the average is inferred:
///   the paper has one query head a key).
/// - A head that keeps `B` tokens keeps its `B/2` last ones, the rest by importance. Each decode
///   step adds its weights, then the least important token that is not recent goes.
/// - Early tokens were seen by more queries and so collect more; this is the method as published.
///   Released implementations that divide by the number of queries are another method.
/// - Costs one float a token and head beside the cache, counted.
public record H2o() implements Scorer {

  @Override
  public String name() {
    return "H2O";
  }

  @Override
  public float[][] importance(Prompt prompt, int layer) {
    return Scorer.meanOverQueries(
        prompt.layer(layer).columnSums(), prompt.config(), prompt.length());
  }

  @Override
  public int recent(int tokens) {
    return tokens / 2;
  }

  @Override
  public boolean evictsWhileDecoding() {
    return true;
  }

  @Override
  public float observe(float importance, float attention) {
    return importance + attention;
  }
}
