package org.recollect.kv.stream;

import java.util.Arrays;
import java.util.OptionalDouble;

/// The threshold that parts numbers into two classes with the largest variance between them (Otsu,
/// "A Threshold Selection Method from Gray-Level Histograms", 1979, equation 18), on a histogram of
/// 128 bins from 0 to 2, the range of cosine distances. It always parts: of numbers that are all
/// noise, it takes the larger ones for signal.
final class Otsu {
  private static final int BINS = 128;
  private static final double HIGHEST = 2;
  private static final double BIN = HIGHEST / BINS;

  private Otsu() {}

  /// The threshold, or the median where all numbers fall into one bin.
  ///
  /// @param values from 0 to 2, at least one
  static double threshold(double[] values) {
    return parting(values).orElseGet(() -> median(values));
  }

  /// The upper end of the bin after which the parting is best; none where all numbers fall into one
  /// bin.
  ///
  /// @param values from 0 to 2
  static OptionalDouble parting(double[] values) {
    int[] counts = new int[BINS];
    double sum = 0;
    for (double value : values) {
      int bin = Math.clamp((int) (value / BIN), 0, BINS - 1);
      counts[bin]++;
      sum += centre(bin);
    }
    double best = -1;
    double threshold = Double.NaN;
    int below = 0;
    double sumBelow = 0;
    for (int bin = 0; bin < BINS - 1; bin++) {
      below += counts[bin];
      sumBelow += counts[bin] * centre(bin);
      int above = values.length - below;
      if (below == 0 || above == 0) {
        continue;
      }
      double gap = sumBelow / below - (sum - sumBelow) / above;
      double between = (double) below * above * gap * gap;
      if (between > best) {
        best = between;
        threshold = (bin + 1) * BIN;
      }
    }
    return Double.isNaN(threshold) ? OptionalDouble.empty() : OptionalDouble.of(threshold);
  }

  private static double centre(int bin) {
    return (bin + .5) * BIN;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(sorted.length - 1) / 2];
  }
}
