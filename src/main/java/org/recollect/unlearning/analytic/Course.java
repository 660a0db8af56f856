package org.recollect.unlearning.analytic;

import java.util.List;
import java.util.stream.IntStream;

/// What a head has learned before the first request, as a [HeadEraser] gets it: samples of new
/// classes, a few classes at a time.
///
/// @param samples all of them; labels from 0
/// @param classes how many there are
/// @param perTask classes that come together
/// @param gamma of the ridge
/// @param seed of all that is drawn at random
public record Course(Labelled samples, int classes, int perTask, double gamma, long seed) {

  /// How many features a sample has.
  public int features() {
    return samples.rows()[0].length;
  }

  /// Some of the samples; see [Labelled#of].
  public Labelled of(int... places) {
    return samples.of(places);
  }

  /// The places of the samples, task after task.
  public List<int[]> tasks() {
    return IntStream.range(0, Math.ceilDiv(classes, perTask))
        .mapToObj(task -> all().filter(i -> samples.labels()[i] / perTask == task).toArray())
        .toList();
  }

  /// The places of all samples.
  public IntStream all() {
    return IntStream.range(0, samples.labels().length);
  }

  /// The ridge classifier that learns some of the samples at once.
  ///
  /// @return `[features][classes]`; 0 in the columns of classes without a sample
  public double[][] fit(int... places) {
    var sums = new RidgeSums(features(), classes);
    if (places.length > 0) {
      sums.add(of(places));
    }
    return sums.weights(gamma);
  }

  /// What operations on this course cost.
  public HeadCost cost() {
    return new HeadCost(features(), classes);
  }
}
