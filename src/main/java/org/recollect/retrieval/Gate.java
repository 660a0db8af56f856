package org.recollect.retrieval;

import org.recollect.lab.Configured;

/// A way to tell from a question, or from what a model says to it, how much it needs a search.
public interface Gate extends Configured {

  /// As tables show it.
  String name();

  /// Gets ready, such as by learning from the questions to train on.
  Need on(Desk desk);

  /// The need for a search, question by question.
  @FunctionalInterface
  interface Need extends AutoCloseable {
    /// Any number; the higher, the more a search is needed.
    double of(Turn turn);

    @Override
    default void close() {}
  }
}
