package org.recollect.unlearning.analytic;

import java.util.function.DoubleBinaryOperator;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// The sums that determine a ridge classifier, `G = X'X` `[features][features]` and `C = X'Y`
/// `[features][classes]`, from which `W = (G + gamma I)^-1 C` is solved anew. Samples come and go
/// by adding and subtracting: the plain way to the same weights as an [Acu], which keeps no
/// inverse. Mutable.
final class RidgeSums {
  private final double[][] gram;
  private final double[][] cross;

  /// Sums of no samples.
  RidgeSums(int features, int classes) {
    gram = new double[features][features];
    cross = new double[features][classes];
  }

  void add(Labelled samples) {
    change(samples, Double::sum);
  }

  void subtract(Labelled samples) {
    change(samples, (all, part) -> all - part);
  }

  private void change(Labelled samples, DoubleBinaryOperator operator) {
    int classes = cross[0].length;
    var targets = new double[samples.labels().length][classes];
    for (int i = 0; i < targets.length; i++) {
      targets[i][samples.labels()[i]] = 1;
    }
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var x = Memory.ofRows(manager, samples.rows(), gram.length);
      var y = Memory.ofRows(manager, targets, classes);
      change(gram, Memory.toRows(Ops.matmul(x.transpose(), x)), operator);
      change(cross, Memory.toRows(Ops.matmul(x.transpose(), y)), operator);
    }
  }

  private static void change(double[][] sums, double[][] part, DoubleBinaryOperator operator) {
    for (int i = 0; i < sums.length; i++) {
      for (int j = 0; j < sums[i].length; j++) {
        sums[i][j] = operator.applyAsDouble(sums[i][j], part[i][j]);
      }
    }
  }

  /// The classifier of what is in `[features][classes]`.
  double[][] weights(double gamma) {
    var ridged = new double[gram.length][];
    for (int i = 0; i < gram.length; i++) {
      ridged[i] = gram[i].clone();
      ridged[i][i] += gamma;
    }
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var a = Memory.ofRows(manager, ridged, gram.length);
      var b = Memory.ofRows(manager, cross, cross[0].length);
      return Memory.toRows(LinearAlgebra.solve(a, b));
    }
  }
}
