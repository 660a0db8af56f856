package org.recollect.kv.omni;

import java.util.List;
import java.util.stream.IntStream;

/// How many tokens of a modality each layer reads, so that the average over all layers is a target
/// (SEATS, stage-wise retention).
///
/// The tokens that enter the first layer are a share `ρ` of all. Of these, a fraction `x` is
/// dropped over the `K` drop points, with weights `e^0, e^1, ..., e^(K-1)` over their sum, so that
/// later points drop more; behind the removal no layer reads any. With `s(k)` for the layers
/// between two points and `n(k)` for the share that is left there, `x` is found by 50 bisections of
///
/// `ρ Σ s(k) n(k) = target * layers`.
///
/// Where even `x = 0` stays below the target nothing is dropped at the points, and where `x = 1`
/// stays above it, all is (both inferred).
///
/// @param layers of the model
/// @param points after how many layers tokens are dropped, ascending, each below the removal
/// @param removal after how many layers all of them are removed; the number of layers for never
public record RetentionSchedule(int layers, List<Integer> points, int removal) {

  private static final int BISECTIONS = 50;

  public RetentionSchedule {
    points = List.copyOf(points);
    int before = 0;
    for (int point : points) {
      if (point <= before || point >= removal) {
        throw new IllegalArgumentException(
            "Drop points ascend from 1 and lie before the removal after layer %d; got %s."
                .formatted(removal, points));
      }
      before = point;
    }
    if (removal < 1 || removal > layers) {
      throw new IllegalArgumentException(
          "Tokens are removed after 1 to %d layers, not %d.".formatted(layers, removal));
    }
  }

  /// The share of all tokens that is left in each segment: before the first drop point, between the
  /// points, and after the last.
  ///
  /// @param entering the share `ρ` that enters the first layer, above 0 to 1
  /// @param target the average over all layers, above 0 to 1
  /// @return `[points + 1]`
  public double[] shares(double entering, double target) {
    if (!(entering > 0 && entering <= 1 && target > 0 && target <= 1)) {
      throw new IllegalArgumentException(
          "Shares of tokens lie above 0 and up to 1; got %s entering for a target of %s."
              .formatted(entering, target));
    }
    if (average(dropping(0, entering)) <= target) {
      return dropping(0, entering);
    }
    double low = 0;
    double high = 1;
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = (low + high) / 2;
      if (average(dropping(middle, entering)) > target) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return dropping(high, entering);
  }

  /// What is left where a fraction of the entering tokens is dropped over the points.
  private double[] dropping(double fraction, double entering) {
    double[] shares = new double[points.size() + 1];
    double weights = IntStream.range(0, points.size()).mapToDouble(Math::exp).sum();
    shares[0] = entering;
    for (int k = 0; k < points.size(); k++) {
      shares[k + 1] = shares[k] - entering * fraction * Math.exp(k) / weights;
    }
    // The last may miss zero by a rounding error.
    shares[points.size()] = Math.max(0, shares[points.size()]);
    return shares;
  }

  /// The average over all layers of the share that is left.
  ///
  /// @param shares `[points + 1]`
  public double average(double[] shares) {
    double sum = 0;
    int from = 0;
    for (int k = 0; k < shares.length; k++) {
      int to = k < points.size() ? points.get(k) : removal;
      sum += (to - from) * shares[k];
      from = to;
    }
    return sum / layers;
  }
}
