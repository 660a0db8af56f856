package org.recollect.tensor;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/// The straight line between two models of one architecture,
///
/// `theta(gamma) = (1 - gamma) theta_a + gamma theta_b`,
///
/// along which the loss tells whether they lie in one basin (Frankle et al., "Linear Mode
/// Connectivity and the Lottery Ticket Hypothesis", 2020, arXiv:1912.05671, section 2). Owns
/// neither end.
///
/// ```java
/// var path = new WeightPath(before.weights(), after.weights());
/// double barrier = path.losses(11, weights -> loss(model.withWeights(weights))).barrier();
/// ```
///
/// @param from at 0
/// @param to at 1; with the same arrays
public record WeightPath(Weights from, Weights to) {

  public WeightPath {
    from.expectAlike(to);
  }

  /// New weights on the line; the caller closes them.
  ///
  /// @param gamma 0 to 1; below and above, the line goes on
  public Weights at(double gamma) {
    return from.zip(to, (a, b) -> Ops.scale(a, 1 - gamma).add(Ops.scale(b, gamma)));
  }

  /// The loss at points in equal distances, both ends included.
  ///
  /// @param points at least 2
  /// @param loss of weights that are closed afterwards
  public Profile losses(int points, ToDoubleFunction<Weights> loss) {
    if (points < 2) {
      throw new IllegalArgumentException(
          "The loss is taken at %d points, expected both ends at least: 2.".formatted(points));
    }
    return new Profile(
        IntStream.range(0, points).mapToObj(i -> point(i / (points - 1.0), loss)).toList());
  }

  private Point point(double gamma, ToDoubleFunction<Weights> loss) {
    try (var weights = at(gamma);
        var _ = Torch.newScope()) {
      return new Point(gamma, loss.applyAsDouble(weights));
    }
  }

  /// The loss at a point of the line.
  public record Point(double gamma, double loss) {}

  /// The loss along the line.
  ///
  /// @param points from one end to the other
  public record Profile(List<Point> points) {

    public Profile {
      points = List.copyOf(points);
    }

    /// By how much the loss exceeds the straight line between its values at the ends, at most: from
    /// 0, where the models are linearly connected, up (Entezari et al., "The Role of Permutation
    /// Invariance in Linear Mode Connectivity", 2022, arXiv:2110.06296, section 2). Frankle et al.
    /// take the mean of the ends for the line, which is the same where both have one loss.
    public double barrier() {
      double first = points.getFirst().loss;
      double last = points.getLast().loss;
      return points.stream()
          .mapToDouble(point -> point.loss - ((1 - point.gamma) * first + point.gamma * last))
          .max()
          .orElseThrow();
    }
  }
}
