package org.recollect.kv;

import java.util.Map;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// How keys and values are stored. A codec alone is an arm: the one that keeps every token.
public interface Codec extends Kv {

  /// How a layer of this model is stored.
  ///
  /// @throws IllegalStateException if the codec must be fitted first
  /// @throws IllegalArgumentException if a model of this shape cannot be stored so
  LayerFormat layer(int layer, ModelConfig config);

  /// How one key/value head of a layer is stored: as its layer, or, where [#headsDiffer], by a book
  /// of its own. Heads of a layer take the same bytes.
  default LayerFormat head(int layer, int kvHead, ModelConfig config) {
    return layer(layer, config);
  }

  /// Whether heads of a layer are stored differently, and so each by itself.
  default boolean headsDiffer() {
    return false;
  }

  /// A codec says itself what it is: the policy that stores in it asks.
  @Override
  Map<String, ?> configuration();

  /// This codec with what it learns from calibration texts. Deterministic. A codec that learns
  /// nothing returns itself.
  default Codec fit(Calibration calibration) {
    return this;
  }

  /// This codec for keys alone, with values in half precision.
  default Codec keysOnly() {
    return new KeysOnly(this);
  }

  /// How many of the largest entries of a layer's input mark tokens to keep uncoded (attention
  /// sinks); several entries may mark the same token.
  default int sinkEntries() {
    return 0;
  }

  /// How many of the first tokens stay uncoded, besides those that [#sinkEntries] marks.
  default int firstTokens() {
    return 0;
  }

  /// The largest absolute value of each key channel of a prompt's layer as this codec stores it,
  /// before rounding: what a grid has to span.
  ///
  /// @return `[kvHeads * headDim]`
  default float[] keyMaxima(Prompt prompt, int layer) {
    float[] keys = Rows.of(prompt, layer, layer(layer, prompt.config())).keys();
    float[] maxima = new float[prompt.config().kvHeads() * prompt.config().headDim()];
    for (int i = 0; i < keys.length; i++) {
      int channel = i % maxima.length;
      maxima[channel] = Math.max(maxima[channel], Math.abs(keys[i]));
    }
    return maxima;
  }

  @Override
  default Policy policy() {
    return new Policy(name(), new KeepAll(), new Uniform(), this);
  }
}
