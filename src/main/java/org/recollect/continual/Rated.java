package org.recollect.continual;

import java.util.List;
import java.util.Map;
import org.recollect.lab.Measure;

/// A strategy at a multiple of the rate that it would have asked for.
///
/// @param factor above 0
record Rated(Strategy strategy, double factor) implements Strategy {

  Rated {
    if (!(factor > 0)) {
      throw new IllegalArgumentException(
          "A rate is multiplied by a number above 0, not %s.".formatted(factor));
    }
  }

  @Override
  public String name() {
    return strategy.name();
  }

  @Override
  public String series() {
    return strategy.series();
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("strategy", Strategy.described(strategy), "factor", factor);
  }

  @Override
  public Hooks begin(Start start) {
    return strategy.begin(start);
  }

  @Override
  public Recipe recipe(Recipe usual) {
    var own = strategy.recipe(usual);
    return own.rate(factor * own.rate());
  }

  @Override
  public boolean oracle() {
    return strategy.oracle();
  }

  @Override
  public List<Measure> figures() {
    return strategy.figures();
  }
}
