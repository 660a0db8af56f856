package org.recollect.kv;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.recollect.model.Prompt;

/// What is left of [Gates] that see nothing but where a token stands: the mean probability of each
/// position over some texts. Gates that do no better than this have learned a rule of positions,
/// such as [StreamingLlm] has by hand.
///
/// @param means by layer and key/value head, `[layers][kvHeads][positions]`; the last one stands
///   for all positions beyond
public record PositionGate(List<List<float[]>> means) implements Scorer {

  public PositionGate {
    means = means.stream().map(List::copyOf).toList();
  }

  /// The means over texts.
  ///
  /// @param prompts at least one, all of one length
  /// @throws IllegalArgumentException if there is none, or their lengths differ
  public static PositionGate of(Gates gates, List<Prompt> prompts) {
    if (prompts.stream().mapToInt(Prompt::length).distinct().count() != 1) {
      throw new IllegalArgumentException(
          "Positions are averaged over texts of one length: give at least one, all as long.");
    }
    var config = prompts.getFirst().config();
    float[][][] means = new float[config.layers()][config.kvHeads()][prompts.getFirst().length()];
    for (var prompt : prompts) {
      for (int layer = 0; layer < means.length; layer++) {
        float[][] probabilities = gates.probabilities(prompt, layer);
        for (int head = 0; head < probabilities.length; head++) {
          for (int token = 0; token < prompt.length(); token++) {
            means[layer][head][token] += probabilities[head][token] / prompts.size();
          }
        }
      }
    }
    return new PositionGate(Arrays.stream(means).map(List::of).toList());
  }

  @Override
  public String name() {
    return "position gate";
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "means",
        means.stream().map(heads -> heads.stream().map(Arrays::hashCode).toList()).toList());
  }

  @Override
  public float[][] importance(Prompt prompt, int layer) {
    float[][] importance = new float[prompt.config().kvHeads()][prompt.length()];
    for (int head = 0; head < importance.length; head++) {
      float[] known = means.get(layer).get(head);
      for (int token = 0; token < prompt.length(); token++) {
        importance[head][token] = known[Math.min(token, known.length - 1)];
      }
    }
    return importance;
  }

  /// The last token of the prompt, as [AttentionGate] keeps it.
  @Override
  public int recent(int tokens) {
    return Math.min(1, tokens);
  }
}
