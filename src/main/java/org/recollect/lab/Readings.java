package org.recollect.lab;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/// How each measure of a trial is taken: nothing is computed before it is wanted. Mutable.
public final class Readings {
  private final Map<Measure, Supplier<double[]>> ofItems = new HashMap<>();
  private final Map<Measure, DoubleSupplier> ofAll = new HashMap<>();

  /// A measure with a number for each item.
  ///
  /// @param items takes it `[items]`
  public void each(Measure measure, Supplier<double[]> items) {
    ofItems.put(measure, items);
  }

  /// A measure with one number for all items.
  public void all(Measure measure, DoubleSupplier value) {
    ofAll.put(measure, value);
  }

  /// Takes what is wanted; a measure that is not known here is left to others.
  ///
  /// @throws IllegalArgumentException when a number is not finite or not in its measure's range
  public Outcome outcome(List<Measure> wanted) {
    var outcome = new Outcome(new LinkedHashMap<>());
    for (Measure measure : wanted) {
      if (ofItems.containsKey(measure)) {
        outcome = outcome.with(measure, ofItems.get(measure).get());
      } else if (ofAll.containsKey(measure)) {
        outcome = outcome.with(measure, ofAll.get(measure).getAsDouble());
      }
    }
    return outcome;
  }
}
