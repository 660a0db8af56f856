package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;

/// Which of several numbers are the largest: a constant, cut from the graph.
final class TopMask {

  private TopMask() {}

  /// @param scores `[...][n]`
  /// @param count how many are kept of each row; all where there are no more
  /// @return 1 for those kept and 0 for the rest, `[...][n]`
  static NDArray of(NDArray scores, int count) {
    int n = Math.toIntExact(scores.getShape().getLastDimension());
    if (count >= n) {
      return scores.onesLike();
    }
    var places = scores.duplicate().topK(count, -1, true, false).get(1);
    return places.oneHot(n, DataType.FLOAT32).sum(new int[] {-2});
  }
}
