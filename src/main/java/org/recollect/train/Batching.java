package org.recollect.train;

import ai.djl.training.GradientCollector;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;

/// A way to compute the gradient of a [GlobalBatch]: all give the same, and differ in time and
/// memory.
///
/// ```java
/// trainer.step(tape -> new ChunkFlow(256, 1).backward(model, batch, tape));
/// ```
public sealed interface Batching permits ChunkFlow, WholeTexts {

  /// How the texts become passes.
  ///
  /// @param lengths tokens of each text
  ChunkPlan plan(int[] lengths);

  /// How many passes of a chain keep their activations until their backward pass; those before them
  /// are run again.
  int live();

  /// Adds the gradient of the batch's mean loss to those of the model's weights.
  ///
  /// @param tape the open recording
  /// @return the mean loss, in nats per prediction
  default double backward(LanguageModel model, GlobalBatch batch, GradientCollector tape) {
    double loss = 0;
    for (var chain : plan(batch.lengths()).chains()) {
      try (var pass = new ChainPass(model, batch, chain, live(), tape)) {
        loss += pass.backward();
      }
    }
    return loss;
  }

  /// Bytes of the keys and values that are carried from pass to pass at once, and of their
  /// gradients.
  default long keyValueBytes(ModelConfig config, int[] lengths) {
    return KeyValueStore.bytes(config, plan(lengths).keptTokens());
  }
}
