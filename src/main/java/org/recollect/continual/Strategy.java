package org.recollect.continual;

import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.recollect.lab.Arm;
import org.recollect.lab.Measure;

/// A way to learn one task after another: an arm of a [ContinualStudy].
///
/// ```java
/// record Decay(double strength) implements Strategy {
///   public String name() { return "decay"; }
///   public Hooks begin(Start start) {
///     return new Hooks() {
///       public void gradient(Map<String, NDArray> gradients) { ... }
///     };
///   }
/// }
/// ```
public interface Strategy extends Arm {

  /// Takes up a course; nothing is learned yet.
  Hooks begin(Start start);

  /// The recipe that this strategy asks for.
  ///
  /// @param usual that of the study
  default Recipe recipe(Recipe usual) {
    return usual;
  }

  /// What a [StrategyTuner] tries of this strategy, [Variants#COUNT] of them.
  default SequencedMap<String, Strategy> variants() {
    return Variants.rates(this);
  }

  /// Whether this is a bound that is told the task when it is judged, even where the scenario does
  /// not tell it.
  default boolean oracle() {
    return false;
  }

  /// Measures that only this strategy knows; 0 is recorded for all others.
  default List<Measure> figures() {
    return List.of();
  }

  /// This strategy and another one at once. Each hook of this one comes before the same hook of the
  /// other, which sees what this one has done: the loss, the gradient, the step.
  default Strategy and(Strategy next) {
    return new Together(List.of(this, next));
  }

  /// The same strategy at a multiple of its rate.
  default Strategy rate(double factor) {
    return new Rated(this, factor);
  }

  /// The same strategy under another name.
  default Strategy named(String name) {
    return new Named(name, name, this);
  }

  /// Everything about a strategy but its name, for those made of others.
  static Map<String, ?> described(Strategy strategy) {
    return Map.of(
        "class", strategy.getClass().getName(), "configuration", strategy.configuration());
  }
}
