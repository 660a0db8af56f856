package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.recollect.kernel.PrefillStatistics;
import org.recollect.tensor.Memory;

/// Gathers a [Prompt] while the model reads it. Mutable: one text, one object.
final class PromptRecorder implements Tap {

  /// Entries of the residual stream kept per layer. RotateKV looks at 20; more leave room to vary.
  private static final int MASSIVE = 64;

  private static final PrefillStatistics NO_STATISTICS =
      new PrefillStatistics(new float[0], new float[0], new int[0]);

  private final ModelConfig config;
  private final int[] tokens;
  private final int window;
  private final AttentionStatistics statistics;
  private final List<float[]> inputs = new ArrayList<>();
  private final List<List<Prompt.Activation>> massive = new ArrayList<>();
  private final List<Prompt.Layer> layers = new ArrayList<>();

  PromptRecorder(ModelConfig config, int[] tokens, int window) {
    this(config, tokens, Math.min(window, tokens.length), new AttentionStatistics(window));
  }

  private PromptRecorder(
      ModelConfig config, int[] tokens, int window, AttentionStatistics statistics) {
    this.config = config;
    this.tokens = tokens;
    this.window = window;
    this.statistics = statistics;
  }

  /// One that leaves attention out, of which a piece of text sees its own part only.
  static PromptRecorder ofPiece(ModelConfig config, int[] tokens) {
    return new PromptRecorder(config, tokens, 0, null);
  }

  @Override
  public void hidden(int layer, NDArray hidden) {
    if (layer < config.layers()) {
      inputs.add(Memory.toFloats(hidden));
      massive.add(largest(inputs.getLast()));
    }
  }

  @Override
  public void attention(
      int layer,
      NDArray queries,
      NDArray keys,
      NDArray values,
      NDArray rotatedQueries,
      NDArray rotatedKeys) {
    var attention = NO_STATISTICS;
    if (statistics != null) {
      statistics.attention(layer, queries, keys, values, rotatedQueries, rotatedKeys);
      attention = statistics.layers().get(layer);
    }
    layers.add(
        new Prompt.Layer(
            inputs.get(layer),
            Memory.toFloats(queries),
            Memory.toFloats(keys),
            Memory.toFloats(values),
            attention.columnSums(),
            attention.windowAttention(),
            attention.argmax(),
            massive.get(layer)));
  }

  Prompt prompt(float[] logits) {
    return new Prompt(config, tokens.clone(), window, List.copyOf(layers), logits);
  }

  /// The largest entries by absolute value, largest first; of equal ones the earlier first.
  private List<Prompt.Activation> largest(float[] hidden) {
    var order =
        Comparator.comparingDouble((Prompt.Activation entry) -> Math.abs(entry.value()))
            .thenComparing(Prompt.Activation::token, Comparator.reverseOrder())
            .thenComparing(Prompt.Activation::channel, Comparator.reverseOrder());
    var kept = new PriorityQueue<Prompt.Activation>(order);
    for (int i = 0; i < hidden.length; i++) {
      if (kept.size() == MASSIVE && Math.abs(hidden[i]) <= Math.abs(kept.peek().value())) {
        continue;
      }
      kept.add(new Prompt.Activation(i / config.hiddenSize(), i % config.hiddenSize(), hidden[i]));
      if (kept.size() > MASSIVE) {
        kept.remove();
      }
    }
    return kept.stream().sorted(order.reversed()).toList();
  }
}
