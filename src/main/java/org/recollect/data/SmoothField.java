package org.recollect.data;

import org.recollect.tensor.RandomStream;

/// A smooth random function on the unit square: uniform numbers at the corners of a grid, and in a
/// cell a mixture of its corners' that changes slowly near them.
///
/// @param corners `[cells + 1][cells + 1]`, -1 to 1
record SmoothField(double[][] corners) {

  static SmoothField draw(int cells, RandomStream random) {
    var corners = new double[cells + 1][cells + 1];
    for (double[] row : corners) {
      for (int i = 0; i <= cells; i++) {
        row[i] = 2 * random.nextDouble() - 1;
      }
    }
    return new SmoothField(corners);
  }

  /// The value at a place, -1 to 1.
  ///
  /// @param y below 1, from 0
  /// @param x below 1, from 0
  double at(double y, double x) {
    int cells = corners.length - 1;
    int top = (int) (y * cells);
    int left = (int) (x * cells);
    double down = ease(y * cells - top);
    double right = ease(x * cells - left);
    double above = corners[top][left] + right * (corners[top][left + 1] - corners[top][left]);
    double below =
        corners[top + 1][left] + right * (corners[top + 1][left + 1] - corners[top + 1][left]);
    return above + down * (below - above);
  }

  /// The cubic from 0 to 1 that is level at both ends.
  private static double ease(double t) {
    return t * t * (3 - 2 * t);
  }
}
