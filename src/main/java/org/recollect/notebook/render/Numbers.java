package org.recollect.notebook.render;

import java.util.Locale;

/// Numbers as a reader wants them where nothing is known of their spread.
final class Numbers {
  private static final int SIGNIFICANT = 5;

  private Numbers() {}

  /// Five significant digits, whole numbers in full: `0.33333`, `1234.5`, `1.2e-07`, `64`.
  static String show(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    double size = Math.abs(value);
    if (size >= 1e6 || size < 1e-4) {
      String[] parts = String.format(Locale.ROOT, "%." + (SIGNIFICANT - 1) + "e", value).split("e");
      return withoutZeros(parts[0]) + "e" + parts[1];
    }
    int whole = (int) Math.floor(Math.log10(size)) + 1;
    int decimals = Math.max(0, SIGNIFICANT - whole);
    return withoutZeros(String.format(Locale.ROOT, "%." + decimals + "f", value));
  }

  private static String withoutZeros(String decimal) {
    return decimal.contains(".") ? decimal.replaceFirst("\\.?0+$", "") : decimal;
  }
}
