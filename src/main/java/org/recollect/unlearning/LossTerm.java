package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import org.recollect.lab.Configured;
import org.recollect.model.LanguageModel;

/// A term of the loss that a [Descent] goes down: what to do with a batch of what is to be
/// forgotten, or of what is to be kept.
public interface LossTerm extends Configured {

  /// Computes what is computed once for a request, before the first step.
  Objective begin(Request request);

  /// Whether a weight is trained; a term that does not depend on a weight must say no.
  ///
  /// @param name under [org.recollect.model.LanguageModel#weights]
  default boolean trains(LanguageModel model, String name) {
    return true;
  }

  /// The loss of a batch.
  @FunctionalInterface
  interface Objective {

    /// @param model as it is now, from which the gradient comes
    /// @param batch of the request's items
    /// @return a scalar, lower as more is achieved
    NDArray loss(LanguageModel model, QaBatch batch);
  }
}
