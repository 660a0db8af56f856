package org.recollect.lab;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;

/// How the ticks of an axis are labelled.
///
/// @param low the least number of the chart on this axis
/// @param high the greatest
record Ticks(double low, double high) {

  /// More than any step between ticks that XChart chooses needs.
  private static final int DIGITS = 3;

  static Ticks of(
      XYChart chart, ToDoubleFunction<XYSeries> least, ToDoubleFunction<XYSeries> most) {
    var series = chart.getSeriesCollection();
    return new Ticks(
        series.stream().mapToDouble(least).min().orElse(1),
        series.stream().mapToDouble(most).max().orElse(1));
  }

  /// The pattern of a linear axis: three digits beyond the first of the span. XChart alone shows up
  /// to 15, and puts the ticks on the numbers themselves where these are equally spaced, as any two
  /// are.
  String linear() {
    double largest = Math.max(Math.abs(low), Math.abs(high));
    int place = place(high > low ? high - low : largest);
    boolean plain = high == low || Math.abs(place) < 5;
    int digits = DIGITS - place + (plain ? 0 : place(largest));
    String fraction = digits > 0 ? "." + "#".repeat(digits) : "";
    return plain ? "#,##0" + fraction : "0" + fraction + "E0";
  }

  private static int place(double value) {
    return value > 0 ? (int) Math.floor(Math.log10(value)) : 0;
  }

  /// The labels of a logarithmic axis: powers of ten, and where these would be few, twice and five
  /// times as much.
  Function<Double, String> logarithmic() {
    return value -> {
      var rounded = new BigDecimal(value).round(new MathContext(1, RoundingMode.HALF_EVEN));
      int digit = rounded.unscaledValue().intValueExact();
      boolean labelled = digit == 1 || high / low < 1000 && (digit == 2 || digit == 5);
      return labelled ? rounded.stripTrailingZeros().toPlainString() : "";
    };
  }
}
