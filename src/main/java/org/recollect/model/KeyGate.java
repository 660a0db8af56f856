package org.recollect.model;

import ai.djl.ndarray.NDArray;

/// Which tokens of a text later tokens may attend to, decided layer by layer while the text is
/// read; see [LanguageModel#gated].
@FunctionalInterface
public interface KeyGate {

  /// The flags of a layer.
  ///
  /// @param layer the decoder layer, from 0
  /// @param normed what enters the layer's attention, behind its norm `[batch][tokens][hiddenSize]`
  /// @return `[batch][kvHeads][tokens]`: 1 for a key that later tokens see, 0 for one that only its
  ///   own token sees; numbers between weigh it, and none is negative
  NDArray flags(int layer, NDArray normed);
}
