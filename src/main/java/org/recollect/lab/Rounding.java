package org.recollect.lab;

import java.util.Locale;

/// Numbers rounded to what their spread supports.
final class Rounding {
  /// Decimals that a small spread may add to those of the measure.
  private static final int EXTRA = 1;

  private Rounding() {}

  /// The decimals that leave a spread with one significant digit, or two where the first is a 1;
  /// the measure's own where there is no spread to speak of.
  static int decimals(double spread, int digits) {
    if (!(spread > 0)) {
      return digits;
    }
    double magnitude = Math.floor(Math.log10(spread));
    boolean leadingOne = spread / Math.pow(10, magnitude) < 1.95;
    int decimals = (int) Math.max(0, (leadingOne ? 1 : 0) - magnitude);
    return decimals > digits + EXTRA ? digits : decimals;
  }

  /// As in `3.21 ± 0.04`; without the spread where it rounds to nothing.
  static String withSpread(double value, double spread, int digits) {
    int decimals = decimals(spread, digits);
    String rounded = fixed(spread, decimals);
    return Double.parseDouble(rounded) == 0
        ? fixed(value, decimals)
        : fixed(value, decimals) + " ± " + rounded;
  }

  static String fixed(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.matches("-0(\\.0*)?") ? text.substring(1) : text;
  }

  static String signed(double value, int decimals) {
    String text = fixed(value, decimals);
    return text.startsWith("-") ? "−" + text.substring(1) : "+" + text;
  }
}
