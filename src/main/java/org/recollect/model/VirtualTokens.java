package org.recollect.model;

import org.recollect.tensor.Weights;

/// Trained vectors that stand before every text in place of words, while the model itself stays as
/// it is. The text moves back by as many positions; there are predictions for the text only.
///
/// Unlike an [Overlay] they have no state in which they change nothing: to take them off is to use
/// the model below. A model behind them reads a text at once, in [LanguageModel#forward],
/// [LanguageModel#hidden] and [LanguageModel#prefill], and generates from there; to read in pieces,
/// packed with other texts or layer by layer is refused.
public sealed interface VirtualTokens extends AutoCloseable permits SoftPrompt, Prefix {

  /// How many positions they take.
  int count();

  /// What is trained.
  Weights weights();

  /// A model that reads every text behind these; it shares the model's weights and these.
  default LanguageModel on(LanguageModel model) {
    return model.behind(this);
  }

  /// The same vectors with weights of their own; they are not trained.
  VirtualTokens copy();

  /// Frees the weights.
  @Override
  void close();
}
