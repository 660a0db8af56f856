package org.recollect.kv;

import org.recollect.model.Prompt;

/// SnapKV (Li et al., "SnapKV: LLM Knows What You are Looking for Before Generation", 2024).
///
/// What the last queries of a prompt look at is what generation will look at: keep, for each head,
/// the tokens that this observation window attends to, together with their neighbours.
///
/// - `s[t] = mean over the last w queries of p[q][t]` for the tokens before the window, averaged
///   over the query heads that share the key.
/// - `s` is pooled along the text: the average of the `kernel` scores around `t` that lie before
///   the window (at the borders the average is over fewer; released code pads with zeros, which
///   halves the score of the very first tokens).
/// - A head that keeps `B` tokens keeps the window and the `B - w` best of the others; nothing is
///   given up while decoding.
///
/// @param window observed queries `w`; 32 here, for contexts of about a thousand tokens (32 to 64
///   in released code)
/// @param kernel width of the pooling, odd; 5 in the paper's average form
public record SnapKv(int window, int kernel) implements Scorer {

  /// A window of 32 queries, pooled over 5 tokens.
  public SnapKv() {
    this(32, 5);
  }

  public SnapKv {
    if (window < 1 || kernel < 1 || kernel % 2 == 0) {
      throw new IllegalArgumentException(
          "SnapKV needs a window of at least one query and an odd kernel, not %d and %d."
              .formatted(window, kernel));
    }
  }

  @Override
  public String name() {
    return "SnapKV";
  }

  @Override
  public float[][] importance(Prompt prompt, int layer) {
    int tokens = prompt.length();
    int observed = Math.min(window, tokens);
    if (prompt.window() < observed) {
      throw new IllegalArgumentException(
          "SnapKV observes the last %d queries, but the prompt recorded %d: prefill with a window of %d."
              .formatted(observed, prompt.window(), observed));
    }
    var config = prompt.config();
    float[] sums = new float[config.heads() * tokens];
    for (int head = 0; head < config.heads(); head++) {
      for (int query = prompt.window() - observed; query < prompt.window(); query++) {
        int row = (head * prompt.window() + query) * tokens;
        for (int token = 0; token < tokens; token++) {
          sums[head * tokens + token] +=
              prompt.layer(layer).windowAttention()[row + token] / observed;
        }
      }
    }
    float[][] scores = Scorer.meanOverQueries(sums, config, tokens);
    for (float[] score : scores) {
      pool(score, tokens - observed);
    }
    return scores;
  }

  @Override
  public int recent(int tokens) {
    return Math.min(window, tokens);
  }

  /// Replaces each of the first `end` scores by the average of those around it.
  private void pool(float[] scores, int end) {
    float[] known = scores.clone();
    for (int token = 0; token < end; token++) {
      int from = Math.max(0, token - kernel / 2);
      int to = Math.min(end, token + kernel / 2 + 1);
      float sum = 0;
      for (int other = from; other < to; other++) {
        sum += known[other];
      }
      scores[token] = sum / (to - from);
    }
  }
}
