package org.recollect.train;

import ai.djl.training.GradientCollector;
import org.recollect.model.LanguageModel;

/// The ways that cut no text.
public enum WholeTexts implements Batching {
  /// Every text by itself, with the room of the longest of the batch.
  PADDED,
  /// Every text by itself, as long as it is.
  SINGLE,
  /// Whole texts side by side in passes as long as the longest.
  PACKED,
  /// Every text by itself; only what enters each layer is kept, and the layers are run again one by
  /// one (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016, arXiv:1604.06174).
  RECOMPUTED;

  @Override
  public ChunkPlan plan(int[] lengths) {
    return switch (this) {
      case PADDED -> ChunkPlan.padded(lengths);
      case SINGLE, RECOMPUTED -> ChunkPlan.single(lengths);
      case PACKED -> ChunkPlan.packed(lengths);
    };
  }

  @Override
  public int live() {
    return this == RECOMPUTED ? 0 : 1;
  }

  @Override
  public double backward(LanguageModel model, GlobalBatch batch, GradientCollector tape) {
    if (this != RECOMPUTED) {
      return Batching.super.backward(model, batch, tape);
    }
    return plan(batch.lengths()).chunks().stream()
        .mapToDouble(text -> new LayerwisePass(model, batch, text, tape).backward())
        .sum();
  }
}
