package org.recollect.kv;

import org.recollect.model.ModelConfig;

/// How keys and values are stored. A codec alone is an arm: the one that keeps every token.
public interface Codec extends Kv {

  /// How a layer of this model is stored.
  ///
  /// @throws IllegalStateException if the codec must be fitted first
  /// @throws IllegalArgumentException if a model of this shape cannot be stored so
  LayerFormat layer(int layer, ModelConfig config);

  /// This codec with what it learns from calibration texts. Deterministic. A codec that learns
  /// nothing returns itself.
  default Codec fit(Calibration calibration) {
    return this;
  }

  /// How many of the largest entries of a layer's input mark tokens to keep uncoded (attention
  /// sinks); several entries may mark the same token.
  default int sinkEntries() {
    return 0;
  }

  @Override
  default Policy policy() {
    return new Policy(name(), new KeepAll(), new Uniform(), this);
  }
}
