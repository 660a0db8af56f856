package org.recollect.kv;

import java.util.Arrays;
import org.recollect.model.Prompt;
import org.recollect.tensor.RandomStream;

/// Tokens kept by lot, each head for itself: what any way of choosing must beat.
///
/// @param recent last tokens that are kept in any case, as many as the methods compared with keep
public record RandomChoice(int recent) implements Scorer {

  public RandomChoice {
    if (recent < 0) {
      throw new IllegalArgumentException(
          "0 or more recent tokens are kept in any case, not " + recent + ".");
    }
  }

  @Override
  public String name() {
    return "random";
  }

  /// The lots depend on the text alone: the same text gives the same choice.
  @Override
  public float[][] importance(Prompt prompt, int layer) {
    var lots = RandomStream.of(Arrays.hashCode(prompt.tokens()), "random choice", layer);
    float[][] importance = new float[prompt.config().kvHeads()][prompt.length()];
    for (float[] head : importance) {
      for (int token = 0; token < head.length; token++) {
        head[token] = (float) lots.nextDouble();
      }
    }
    return importance;
  }

  @Override
  public int recent(int tokens) {
    return Math.min(recent, tokens);
  }
}
