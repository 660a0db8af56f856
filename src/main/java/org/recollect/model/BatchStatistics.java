package org.recollect.model;

/// By which statistics a [ConvNet] norms.
public enum BatchStatistics {
  /// By the running ones, which stay as they are: each picture by itself. For evaluation, and for
  /// gradients that do not depend on how pictures are put into batches.
  RUNNING,
  /// By the batch's own; the running ones move towards them. For training.
  LEARNING,
  /// By the batch's own; the running ones stay as they are. For adaptation at test time.
  BATCH
}
