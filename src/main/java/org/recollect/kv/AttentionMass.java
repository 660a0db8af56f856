package org.recollect.kv;

import java.util.Arrays;
import org.recollect.model.Prompt;

/// PrefixKV's ranking of tokens (Wang et al., "PrefixKV: Adaptive Prefix KV Cache is What Vision
/// Instruction-Following Models Need for Efficient Generation", 2024, arXiv:2412.03409); how many
/// of them a layer keeps is [PrefixKv]'s question.
///
/// - Importance of token `t` to a layer: the share of the layer's attention that it received, `s[t]
///   = sum_q mean_h p[h][q][t] / tokens`, over all queries of the prompt and all heads. All heads
///   of a layer keep the same tokens.
/// - The first and the last token are always kept.
/// - *Decoding* keeps the ratio of the prompt: a layer that kept `n` of `T` tokens holds at most `n
///   * seen / T` once `seen` tokens have been seen. When a new token is one too many, the one in a
///     fixed slot goes, `tail` from the end of what was kept of the prompt, and all behind it move
///     up. So what lies before that slot stays for good, and what lies behind goes oldest first. A
///     layer that kept fewer than `tail` tokens gives up the oldest after the first (inferred).
///
/// @param tail entries of the compacted prompt behind the fixed slot; 25 in released code
public record AttentionMass(int tail) implements Scorer {

  /// The slot 25 before the end.
  public AttentionMass() {
    this(25);
  }

  public AttentionMass {
    if (tail < 1) {
      throw new IllegalArgumentException(
          "The slot from which tokens go lies 1 or more before the end of the prompt, not %d."
              .formatted(tail));
    }
  }

  /// The share of a layer's attention that each token received, `[tokens]`; they add up to 1.
  static double[] of(Prompt prompt, int layer) {
    int tokens = prompt.length();
    int heads = prompt.config().heads();
    float[] received = prompt.layer(layer).columnSums();
    double[] mass = new double[tokens];
    for (int i = 0; i < received.length; i++) {
      mass[i % tokens] += (double) received[i] / heads / tokens;
    }
    return mass;
  }

  @Override
  public String name() {
    return "attention mass";
  }

  @Override
  public float[][] importance(Prompt prompt, int layer) {
    double[] mass = of(prompt, layer);
    float[] shared = new float[mass.length];
    for (int token = 0; token < shared.length; token++) {
      shared[token] = (float) mass[token];
    }
    float[][] importance = new float[prompt.config().kvHeads()][];
    Arrays.fill(importance, shared);
    return importance;
  }

  @Override
  public int sinks() {
    return 1;
  }

  @Override
  public int recent(int tokens) {
    return 1;
  }

  @Override
  public boolean sharedByHeads() {
    return true;
  }

  @Override
  public boolean evictsWhileDecoding() {
    return true;
  }

  @Override
  public int room(int kept, int prompt, int seen) {
    return (int) ((long) kept * seen / prompt);
  }

  @Override
  public int settled(int kept) {
    return Math.max(sinks(), kept - tail);
  }

  /// Nothing: behind the fixed slot, age alone counts.
  @Override
  public float observe(float importance, float attention) {
    return 0;
  }
}
