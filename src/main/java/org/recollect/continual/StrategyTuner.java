package org.recollect.continual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recollect.lab.Results;

/// The same tuning budget for every strategy: each is tried in [as many variants][Variants#COUNT]
/// on a stream of its own and goes on as the one with the best [ContinualMeasures#PERFORMANCE]
/// there, the first of equals.
///
/// ```java
/// var tuned = StrategyTuner.on(ContinualStudy.on(base).stream(other).learning(recipe))
///     .of(Continual.ewc(100), Continual.lora(8));
/// tuned.results().table(PERFORMANCE, FORGETTING, LEARNED);
/// study.compare(tuned.arms());
/// ```
///
/// @param study without arms but the bounds, on a stream that nothing is judged by later
public record StrategyTuner(ContinualStudy study) {

  /// What was found.
  ///
  /// @param results of all variants
  /// @param chosen by strategy, what tells its best variant apart
  /// @param arms as they go on, in the order in which they were given
  public record Tuned(Results results, Map<String, String> chosen, List<Strategy> arms) {

    /// The multiple of its usual rate at which a strategy goes on, for others of its kind that were
    /// not tuned themselves.
    ///
    /// @param strategy one of the names
    /// @throws IllegalArgumentException if there is none of this name
    public double rate(String strategy) {
      return arms.stream()
          .filter(arm -> arm.name().equals(strategy))
          .map(Tuned::factor)
          .findFirst()
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "No strategy '%s' was tuned, but %s.".formatted(strategy, chosen.keySet())));
    }

    private static double factor(Strategy strategy) {
      return switch (strategy) {
        case Named named -> factor(named.strategy());
        case Rated rated -> rated.factor() * factor(rated.strategy());
        default -> 1;
      };
    }
  }

  /// A tuner on a study of its own.
  public static StrategyTuner on(ContinualStudy study) {
    return new StrategyTuner(study);
  }

  /// Tries all variants of all strategies.
  public Tuned of(Strategy... strategies) {
    return of(Arrays.asList(strategies));
  }

  /// The same for a list.
  public Tuned of(List<? extends Strategy> strategies) {
    var variants = new ArrayList<Named>();
    for (Strategy strategy : strategies) {
      strategy
          .variants()
          .forEach((label, variant) ->
              variants.add(
                  new Named("%s, %s".formatted(strategy.name(), label), strategy.name(), variant)));
    }
    var results =
        study
            .compare(variants)
            .measure(
                ContinualMeasures.PERFORMANCE,
                ContinualMeasures.FORGETTING,
                ContinualMeasures.LEARNED)
            .run();
    var best = results.best(ContinualMeasures.PERFORMANCE);
    var chosen = new LinkedHashMap<String, String>();
    var arms = new ArrayList<Strategy>();
    for (Strategy strategy : strategies) {
      var winner =
          variants.stream()
              .filter(each -> each.name().equals(best.get(strategy.name())))
              .findFirst()
              .orElseThrow(() ->
                  new IllegalStateException(
                      "No variant of %s has finished: see the failures of the tuning."
                          .formatted(strategy.name())));
      chosen.put(strategy.name(), winner.name().substring(strategy.name().length() + 2));
      arms.add(new Named(strategy.name(), strategy.name(), winner.strategy()));
    }
    return new Tuned(results, chosen, List.copyOf(arms));
  }
}
