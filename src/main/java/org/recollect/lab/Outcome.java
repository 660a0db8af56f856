package org.recollect.lab;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// What one trial measured.
///
/// ```java
/// return Outcome.of(PERPLEXITY, perplexityOfEachSequence).with(BYTES_PER_TOKEN, 12.5);
/// ```
///
/// Give the values of the single items wherever there are any: intervals rest on them.
public record Outcome(SequencedMap<Measure, Sample> samples) {
  public Outcome {
    samples = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(samples));
  }

  /// @throws IllegalArgumentException when the value is not a finite number in the measure's range
  public static Outcome of(Measure measure, double value) {
    return new Outcome(new LinkedHashMap<>()).with(measure, value);
  }

  /// @param items `[items]`, the measure on each; their average is the value
  /// @throws IllegalArgumentException when one is not a finite number in the measure's range, or
  ///   there is none
  public static Outcome of(Measure measure, double[] items) {
    return new Outcome(new LinkedHashMap<>()).with(measure, items);
  }

  /// This outcome and one more measure; see [#of(Measure, double)].
  public Outcome with(Measure measure, double value) {
    return with(measure, value, new double[0]);
  }

  /// This outcome and one more measure with its items; see [#of(Measure, double\[\])].
  public Outcome with(Measure measure, double[] items) {
    if (items.length == 0) {
      throw new IllegalArgumentException(
          "'%s' was measured on no item: give at least one, or its value."
              .formatted(measure.name()));
    }
    return with(measure, measure.average().of(items), items);
  }

  private Outcome with(Measure measure, double value, double[] items) {
    check(measure, value);
    for (double item : items) {
      check(measure, item);
    }
    var more = new LinkedHashMap<>(samples);
    more.put(measure, new Sample(value, Arrays.stream(items).boxed().toList()));
    return new Outcome(more);
  }

  private static void check(Measure measure, double value) {
    // An average of items at the end of the range may miss it by a rounding error.
    double slack = 1e-9 * Math.max(1, Math.abs(value));
    boolean inside = value >= measure.low() - slack && value <= measure.high() + slack;
    if (!Double.isFinite(value) || !inside) {
      throw new IllegalArgumentException(
          "'%s' must be a finite number from %s to %s, but %s was measured."
              .formatted(measure.name(), measure.low(), measure.high(), value));
    }
  }
}
