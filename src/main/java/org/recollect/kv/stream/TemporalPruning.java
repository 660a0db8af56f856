package org.recollect.kv.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What the middle tier takes over of a frame that leaves the short one: tokens that differ from
/// the frame before or the frame after, and are not all but repeated in the frame after.
///
/// With `d` one minus the largest cosine with the 3 x 3 cells about the place, a token stays where
/// `d(next) >= otsu(next)` or `d(previous) >= otsu(previous)`, unless `1 - d(next) > threshold +
/// protection * salience`; the last rule rests where the scene changed, which is where the mean of
/// `d(previous)` is above `sceneChange` times the mean of all frames before.
///
/// Mutable: remembers the mean distance so far.
final class TemporalPruning {
  private static final double THRESHOLD = .8;
  private static final double PROTECTION = .15;
  private static final double SCENE_CHANGE = 1.5;

  private double sumOfMeans;
  private int frames;

  /// @param frame the one that leaves
  /// @param before the frame before it, or null where there is none
  /// @param after the frame after it
  /// @param salience of its tokens `[cells]`
  List<VisualToken> survivors(
      TokenGrid frame, TokenGrid before, TokenGrid after, double[] salience) {
    double[] next = frame.distances(after);
    double[] previous = before == null ? null : frame.distances(before);
    double nextSplit = Otsu.threshold(next);
    double previousSplit = previous == null ? Double.NaN : Otsu.threshold(previous);
    boolean sceneChanged = previous != null && sceneChanged(previous);
    var survivors = new ArrayList<VisualToken>();
    for (var token : frame.tokens(salience)) {
      int cell = token.cell();
      boolean differs =
          next[cell] >= nextSplit || previous != null && previous[cell] >= previousSplit;
      boolean repeated = 1 - next[cell] > THRESHOLD + PROTECTION * token.salience();
      if (differs && (sceneChanged || !repeated)) {
        survivors.add(token);
      }
    }
    return survivors;
  }

  private boolean sceneChanged(double[] distances) {
    double mean = Arrays.stream(distances).average().orElse(0);
    boolean changed = frames > 0 && mean > SCENE_CHANGE * sumOfMeans / frames;
    sumOfMeans += mean;
    frames++;
    return changed;
  }
}
