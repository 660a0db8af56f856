package org.recollect.lab;

import java.util.List;

/// One arm under one combination of settings with one seed: the unit that is run, stored and
/// resumed.
///
/// Arms are paired: whatever is drawn at random (items, data order, initialisation) depends on seed
/// and settings and never on the arm, so that item i of one arm is item i of every other.
///
/// @param settings those that this arm does not ignore
/// @param seed from 1 to the study's number of seeds
/// @param measures what the outcome must hold
public record Trial<A extends Arm>(
    A arm, Settings settings, int seed, Scale scale, List<Measure> measures) {
  public Trial {
    measures = List.copyOf(measures);
  }

  /// Whether the outcome must hold this measure: skip the work for those that nobody asked for.
  public boolean wants(Measure measure) {
    return measures.contains(measure);
  }
}
