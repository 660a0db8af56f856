package org.recollect.continual.replay;

import java.util.ArrayList;
import java.util.List;

/// Exemplars whose mean comes close to the mean of all, one after another (Rebuffi et al., "iCaRL:
/// Incremental Classifier and Representation Learning", 2017, arXiv:1611.07725, algorithm 4): the
/// first few are the best few, so that a list is shortened from its end.
public final class Herding {

  private Herding() {}

  /// Chooses from features, which are normalised to a length of 1 first.
  ///
  /// @param features `[examples][width]`
  /// @param count how many, at most
  /// @return places of the chosen, in the order of their choice
  public static List<Integer> choose(float[][] features, int count) {
    double[][] unit = normalised(features);
    int width = unit.length == 0 ? 0 : unit[0].length;
    double[] mean = new double[width];
    for (double[] row : unit) {
      for (int i = 0; i < width; i++) {
        mean[i] += row[i] / unit.length;
      }
    }
    var chosen = new ArrayList<Integer>();
    double[] sum = new double[width];
    while (chosen.size() < Math.min(count, unit.length)) {
      int next = nearest(unit, mean, sum, chosen);
      chosen.add(next);
      for (int i = 0; i < width; i++) {
        sum[i] += unit[next][i];
      }
    }
    return chosen;
  }

  /// The example with which the mean of the chosen comes closest to the mean of all.
  private static int nearest(double[][] unit, double[] mean, double[] sum, List<Integer> chosen) {
    int best = -1;
    double least = Double.POSITIVE_INFINITY;
    for (int example = 0; example < unit.length; example++) {
      if (chosen.contains(example)) {
        continue;
      }
      double distance = 0;
      for (int i = 0; i < mean.length; i++) {
        double off = mean[i] - (sum[i] + unit[example][i]) / (chosen.size() + 1);
        distance += off * off;
      }
      if (distance < least) {
        least = distance;
        best = example;
      }
    }
    return best;
  }

  private static double[][] normalised(float[][] features) {
    var unit = new double[features.length][];
    for (int row = 0; row < unit.length; row++) {
      double squares = 0;
      for (float value : features[row]) {
        squares += (double) value * value;
      }
      double length = Math.sqrt(squares);
      unit[row] = new double[features[row].length];
      for (int i = 0; i < unit[row].length; i++) {
        unit[row][i] = length == 0 ? 0 : features[row][i] / length;
      }
    }
    return unit;
  }
}
