package org.recollect.continual.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.recollect.continual.Snapshot;

/// The two parts of the gradient of every step of a course. Mutable.
final class SplitSteps {
  private final List<Parts> steps = new ArrayList<>();
  private final List<Integer> begins = new ArrayList<>();

  /// One step.
  ///
  /// @param plasticity length of the part that learns
  /// @param stability length of the part that preserves
  /// @param cosine between them, 0 where one of them is 0
  private record Parts(double plasticity, double stability, double cosine) {}

  /// A task begins.
  void begin() {
    begins.add(steps.size());
  }

  /// Splits one gradient.
  ///
  /// @param whole by name
  /// @param plain that of the batch's loss
  /// @param share of it that the whole has in it
  void add(Map<String, float[]> whole, Map<String, float[]> plain, double share) {
    double plasticity = 0;
    double stability = 0;
    double both = 0;
    for (var entry : whole.entrySet()) {
      float[] all = entry.getValue();
      float[] own = plain.get(entry.getKey());
      for (int i = 0; i < all.length; i++) {
        double learns = share * own[i];
        double keeps = all[i] - learns;
        plasticity += learns * learns;
        stability += keeps * keeps;
        both += learns * keeps;
      }
    }
    double lengths = Math.sqrt(plasticity * stability);
    double cosine = lengths == 0 ? 0 : both / lengths;
    steps.add(new Parts(Math.sqrt(plasticity), Math.sqrt(stability), cosine));
  }

  /// All of them, `[steps][3]` in one piece.
  double[] flat() {
    return steps.stream()
        .flatMapToDouble(step -> DoubleStream.of(step.plasticity, step.stability, step.cosine))
        .toArray();
  }

  /// The length of the preserving part in the first step after each switch, as a share of its
  /// largest until the next; 0 where there is no switch, or nothing is preserved.
  double[] atSwitches() {
    var shares = new ArrayList<Double>();
    for (int task = 1; task < begins.size(); task++) {
      int end = task + 1 < begins.size() ? begins.get(task + 1) : steps.size();
      var of = steps.subList(begins.get(task), end);
      double largest = of.stream().mapToDouble(Parts::stability).max().orElse(0);
      shares.add(largest == 0 ? 0 : of.getFirst().stability / largest);
    }
    return shares.isEmpty()
        ? new double[] {0}
        : shares.stream().mapToDouble(share -> share).toArray();
  }

  /// Writes all of it down.
  void save(Snapshot to) {
    to.put("split", flat());
    to.put("begins", begins.stream().mapToDouble(begin -> begin).toArray());
  }

  /// Takes up what [#save] wrote.
  void load(Snapshot from) {
    double[] flat = from.numbers("split");
    for (int i = 0; i < flat.length; i += 3) {
      steps.add(new Parts(flat[i], flat[i + 1], flat[i + 2]));
    }
    for (double begin : from.numbers("begins")) {
      begins.add((int) begin);
    }
  }
}
