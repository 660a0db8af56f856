package org.recollect.lab;

import java.util.List;

/// What one trial measured of one quantity.
///
/// @param value the measure over the whole trial
/// @param items the measure on each item, in an order that is the same for every arm of the same
///   settings and seed; empty where the measure has no items. The measure's [Average] of the items
///   is the value.
public record Sample(double value, List<Double> items) {
  public Sample {
    items = List.copyOf(items);
  }
}
