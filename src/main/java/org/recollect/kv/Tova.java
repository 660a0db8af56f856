package org.recollect.kv;

import java.util.Arrays;
import org.recollect.model.Prompt;

/// TOVA (Oren et al., "Transformers are Multi-State RNNs", 2024).
///
/// A decoder whose cache is full is a recurrent network with as many states: let the state go that
/// the newest token looks at least.
///
/// - Importance of token `t` to a layer: the attention that the last query pays it, averaged over
///   all heads of the layer; so all heads keep the same tokens.
/// - Once after the prompt and then at every step: while there are more tokens than the budget, the
///   one with the least attention of the newest query goes. Nothing is remembered from step to
///   step.
/// - No token is protected but the newest, which has just attended to itself.
public record Tova() implements Scorer {

  @Override
  public String name() {
    return "TOVA";
  }

  @Override
  public float[][] importance(Prompt prompt, int layer) {
    var config = prompt.config();
    int tokens = prompt.length();
    float[] last = new float[tokens];
    for (int head = 0; head < config.heads(); head++) {
      int row = ((head + 1) * prompt.window() - 1) * tokens;
      for (int token = 0; token < tokens; token++) {
        last[token] += prompt.layer(layer).windowAttention()[row + token] / config.heads();
      }
    }
    float[][] shared = new float[config.kvHeads()][];
    Arrays.fill(shared, last);
    return shared;
  }

  @Override
  public int recent(int tokens) {
    return Math.min(1, tokens);
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
  public float observe(float importance, float attention) {
    return attention;
  }
}
