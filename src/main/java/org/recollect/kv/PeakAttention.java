package org.recollect.kv;

import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// The importance that SPHERICAL KV weighs its distortion with (see [RateDistortion]): how strongly
/// a token was looked at lately, at its peak.
///
/// - `peak_s[t]`: the largest attention weight that token `t` received over the last `steps`
///   queries up to query `s`; over all query heads that share the key (inferred).
/// - `omega[t] <- decay omega[t] + (1 - decay) peak_s[t]`, one query after another, over the last
///   `window` queries of the prompt, starting with the peak of the first (inferred).
/// - The first tokens, attention sinks, and the last ones are always kept.
///
/// @param window queries of the prompt that are looked at; 64 (inferred), after which .1 % of the
///   start is left in the average
/// @param steps queries over which a peak is taken; 8 in the released code
/// @param decay share of the average that stays from one query to the next; .9 in the released code
/// @param sinks first tokens that are always kept; 4 in the released code
/// @param recent last tokens that are always kept; 32 here, for contexts of about a thousand tokens
///   (256 in the released code)
public record PeakAttention(int window, int steps, double decay, int sinks, int recent)
    implements Scorer {

  /// Peaks of 8 queries, averaged over 64; the first 4 and the last 32 tokens always.
  public PeakAttention() {
    this(64, 8, 0.9, 4, 32);
  }

  public PeakAttention {
    if (window < 1 || steps < 1 || sinks < 0 || recent < 0) {
      throw new IllegalArgumentException(
          "Peaks are taken over at least one query, and 0 or more first and last tokens are kept; got a window of %d, %d steps, %d sinks and %d recent tokens."
              .formatted(window, steps, sinks, recent));
    }
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "A moving average keeps a share in [0, 1) of what it was, not " + decay + ".");
    }
  }

  @Override
  public String name() {
    return "peak attention";
  }

  @Override
  public float[][] importance(Prompt prompt, int layer) {
    int tokens = prompt.length();
    int observed = Math.min(window, tokens);
    if (prompt.window() < observed) {
      throw new IllegalArgumentException(
          "Peaks are averaged over the last %d queries, but the prompt recorded %d: prefill with a window of %d."
              .formatted(observed, prompt.window(), observed));
    }
    var config = prompt.config();
    int recorded = Math.min(prompt.window(), tokens);
    float[][] importance = new float[config.kvHeads()][];
    for (int head = 0; head < importance.length; head++) {
      float[][] rows = new float[observed][];
      for (int query = 0; query < observed; query++) {
        rows[query] = largest(prompt, layer, head, recorded, recorded - observed + query);
      }
      importance[head] = averaged(rows, tokens);
    }
    return importance;
  }

  /// The largest weight of each token over the query heads that share the key, `[tokens]`.
  private static float[] largest(Prompt prompt, int layer, int kvHead, int recorded, int query) {
    ModelConfig config = prompt.config();
    int tokens = prompt.length();
    float[] attention = prompt.layer(layer).windowAttention();
    float[] largest = new float[tokens];
    for (int i = 0; i < config.groupSize(); i++) {
      int row = ((kvHead * config.groupSize() + i) * recorded + query) * tokens;
      for (int token = 0; token < tokens; token++) {
        largest[token] = Math.max(largest[token], attention[row + token]);
      }
    }
    return largest;
  }

  /// The moving average of peaks.
  ///
  /// @param rows `[queries][tokens]`
  private float[] averaged(float[][] rows, int tokens) {
    float[] omega = rows[0].clone();
    for (int query = 1; query < rows.length; query++) {
      for (int token = 0; token < tokens; token++) {
        float peak = 0;
        for (int s = Math.max(0, query - steps + 1); s <= query; s++) {
          peak = Math.max(peak, rows[s][token]);
        }
        omega[token] = (float) (decay * omega[token] + (1 - decay) * peak);
      }
    }
    return omega;
  }

  @Override
  public int recent(int tokens) {
    return Math.min(recent, tokens);
  }
}
