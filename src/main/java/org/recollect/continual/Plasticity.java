package org.recollect.continual;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recollect.data.Lesson;
import org.recollect.data.TaskStream;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

/// What is left of a model's features, those that its head is given, on examples of all tasks.
///
/// @param features `[examples][units]`
record Plasticity(float[][] features) {
  /// The threshold of Sokar et al., "The Dormant Neuron Phenomenon in Deep Reinforcement Learning",
  /// 2023, arXiv:2302.12902, section 3.
  private static final double DORMANT = 0.025;

  private static final int EXAMPLES = 40;

  /// Of a trainee on the first examples of each task of a stream.
  static Plasticity of(Trainee trainee, TaskStream stream) {
    var rows = new ArrayList<float[]>();
    for (int task = 0; task < stream.size(); task++) {
      List<Lesson> judged = stream.judged(task);
      try (var _ = Torch.newScope();
          var _ = Torch.withoutGradients()) {
        NDArray seen = trainee.features(judged.subList(0, Math.min(EXAMPLES, judged.size())));
        int units = (int) seen.getShape().get(1);
        float[] numbers = Memory.toFloats(seen);
        for (int at = 0; at < numbers.length; at += units) {
          rows.add(Arrays.copyOfRange(numbers, at, at + units));
        }
      }
    }
    return new Plasticity(rows.toArray(float[][]::new));
  }

  /// The percentage of units whose mean absolute activation is at most 2.5 % of the mean over
  /// units.
  double dormant() {
    double[] means = new double[features[0].length];
    for (float[] row : features) {
      for (int unit = 0; unit < means.length; unit++) {
        means[unit] += Math.abs(row[unit]) / features.length;
      }
    }
    double mean = Arrays.stream(means).average().orElseThrow();
    return 100.0
        * Arrays.stream(means).filter(each -> each <= DORMANT * mean).count()
        / means.length;
  }

  /// The exponential of the entropy of the normalised singular values (Roy and Vetterli, "The
  /// effective rank", 2007, definition 1): from 1 to the number of units.
  double effectiveRank() {
    int units = features[0].length;
    var flat = new float[features.length * units];
    for (int row = 0; row < features.length; row++) {
      System.arraycopy(features[row], 0, flat, row * units, units);
    }
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var matrix = Memory.ofFloats(manager, flat, features.length, units);
      float[] values = Memory.toFloats(LinearAlgebra.svd(matrix).s());
      double sum = 0;
      for (float value : values) {
        sum += value;
      }
      double entropy = 0;
      for (float value : values) {
        double share = value / sum;
        entropy -= share > 0 ? share * Math.log(share) : 0;
      }
      return Math.exp(entropy);
    }
  }
}
