package org.recollect.continual.subspace;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.recollect.continual.Start;
import org.recollect.continual.Trainee;
import org.recollect.data.Lesson;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Weights;
import org.recollect.train.LossGradient;

/// Small sets of general lessons, whose gradients say which directions general skill depends on.
///
/// @param sets each with at least one lesson
record References(List<List<Lesson>> sets) {
  private static final int ROWS = 32;

  /// General samples, cut into sets in their order: where a base lists one skill after another,
  /// sets are of different skills (inferred). They are those of a
  /// [org.recollect.continual.replay.GeneralReplay] of as many.
  ///
  /// @param count of sets
  /// @param samples in each, at most
  static References of(Start start, int count, int samples) {
    var all = start.general(count * samples);
    if (count > all.size()) {
      throw new IllegalStateException(
          "%d reference sets cannot be drawn from %d general lessons: ask for fewer."
              .formatted(count, all.size()));
    }
    var sets = new ArrayList<List<Lesson>>();
    for (int set = 0; set < count; set++) {
      sets.add(all.subList(set * all.size() / count, (set + 1) * all.size() / count));
    }
    return new References(List.copyOf(sets));
  }

  /// The gradient of each set's mean loss at the present weights, in what moves.
  List<Map<String, float[]>> gradients(Trainee trainee) {
    return sets.stream().map(set -> gradient(trainee, set)).toList();
  }

  private static Map<String, float[]> gradient(Trainee trainee, List<Lesson> set) {
    var losses = new ArrayList<Supplier<NDArray>>();
    for (int from = 0; from < set.size(); from += ROWS) {
      var some = set.subList(from, Math.min(from + ROWS, set.size()));
      double share = (double) some.size() / set.size();
      losses.add(() -> Ops.scale(trainee.loss(some), share));
    }
    return LossGradient.of(trainee.trainable(), losses);
  }

  /// As many random directions, each entry drawn by itself from a normal distribution.
  static List<Map<String, float[]>> random(Weights weights, int count, RandomStream random) {
    var directions = new ArrayList<Map<String, float[]>>();
    for (int direction = 0; direction < count; direction++) {
      var drawn = new LinkedHashMap<String, float[]>();
      for (var entry : weights.asMap().entrySet()) {
        var stream = random.split(direction, entry.getKey());
        drawn.put(entry.getKey(), stream.gaussians(Math.toIntExact(entry.getValue().size())));
      }
      directions.add(drawn);
    }
    return directions;
  }
}
