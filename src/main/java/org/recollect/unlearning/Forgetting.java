package org.recollect.unlearning;

import org.recollect.model.LanguageModel;

/// A model on its way to forgetting. Mutable; closes what it owns.
public interface Forgetting extends AutoCloseable {

  /// Goes a step further: one update of the weights, or the whole of a method that knows no less.
  ///
  /// @return false if there is nothing more to do, or the next step would lead to weights that are
  ///   no numbers; nothing has changed then
  boolean advance();

  /// The weights as they stand. Valid until the next step.
  LanguageModel model();

  /// Who answers when these weights, or others in their place, stand behind the method's guard. The
  /// model itself where it has none.
  ///
  /// @param weights [#model], or what an attack has made of it
  default Respondent guarding(LanguageModel weights) {
    return Respondent.of(weights);
  }

  @Override
  void close();

  /// A model that stays as it is, and is not owned.
  static Forgetting none(LanguageModel model) {
    return new Forgetting() {
      @Override
      public boolean advance() {
        return false;
      }

      @Override
      public LanguageModel model() {
        return model;
      }

      @Override
      public void close() {}
    };
  }
}
