package org.recollect.continual;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.recollect.lab.Measure;

/// A strategy under another name.
///
/// @param series what a line of a plot joins
record Named(String name, String series, Strategy strategy) implements Strategy {

  @Override
  public Map<String, ?> configuration() {
    return Strategy.described(strategy);
  }

  @Override
  public Hooks begin(Start start) {
    return strategy.begin(start);
  }

  @Override
  public Recipe recipe(Recipe usual) {
    return strategy.recipe(usual);
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    var named = new LinkedHashMap<String, Strategy>();
    strategy
        .variants()
        .forEach((label, variant) -> named.put(label, new Named(name, series, variant)));
    return named;
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
