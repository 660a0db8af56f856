package org.recollect.lab;

/// A 95 % confidence interval, both ends included.
public record Interval(double low, double high) {

  public double width() {
    return high - low;
  }

  public boolean contains(double value) {
    return low <= value && value <= high;
  }

  Interval shift(double by) {
    return new Interval(low + by, high + by);
  }
}
