package org.recollect.unlearning;

import java.util.List;
import java.util.function.Supplier;
import org.recollect.data.QaItem;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;

/// A request to forget, as an [Unlearner] gets it.
///
/// @param model that knows what is to be forgotten; the study's own, not to be changed
/// @param forget what is to be forgotten now, at least one item
/// @param forgotten what earlier requests were for: not to come back
/// @param retain what may be used to keep the rest; empty where there is none
/// @param seed of all that is drawn at random
/// @param meter that takes down what is spent
/// @param retrained gives the oracle, for arms that mark a bound; who uses it does not unlearn. The
///   study's own, not to be changed
public record Request(
    LanguageModel model,
    List<QaItem> forget,
    List<QaItem> forgotten,
    List<QaItem> retain,
    long seed,
    Meter meter,
    Supplier<LanguageModel> retrained) {

  public Request {
    forget = List.copyOf(forget);
    forgotten = List.copyOf(forgotten);
    retain = List.copyOf(retain);
    if (forget.isEmpty()) {
      throw new IllegalArgumentException("A request names at least one item to forget.");
    }
  }

  /// What is retained.
  ///
  /// @throws IllegalArgumentException if there is nothing, naming the method that needs it
  public List<QaItem> retainFor(String method) {
    if (retain.isEmpty()) {
      throw new IllegalArgumentException(
          "%s needs examples of what is to be kept: leave the study its retain set."
              .formatted(method));
    }
    return retain;
  }
}
