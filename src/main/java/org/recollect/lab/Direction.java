package org.recollect.lab;

/// Which values of a measure are better.
public enum Direction {
  LOWER("↓"),
  HIGHER("↑"),
  /// Better the closer it is to the measure's ideal value.
  CLOSER("→");

  private final String arrow;

  Direction(String arrow) {
    this.arrow = arrow;
  }

  /// One character for column headers and axis titles.
  public String arrow() {
    return arrow;
  }
}
