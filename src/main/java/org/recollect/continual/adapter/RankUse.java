package org.recollect.continual.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.recollect.model.GateTap;
import org.recollect.model.GateUsage;
import org.recollect.tensor.Torch;

/// What gates make of the ranks of an adapter, mean over the tokens and the linear maps that are
/// seen. Mutable.
///
/// @param weight of each rank
/// @param active how often each rank has a weight above 0
record RankUse(GateUsage weight, GateUsage active) implements GateTap {

  RankUse() {
    this(new GateUsage(), new GateUsage());
  }

  @Override
  public void gates(String linearMap, NDArray gates) {
    weight.gates(linearMap, gates);
    try (var _ = Torch.newScope()) {
      active.gates(linearMap, gates.gt(0).toType(DataType.FLOAT32, false));
    }
  }

  /// How many ranks a token uses.
  double ranks() {
    return Arrays.stream(active.mean()).sum();
  }

  /// The weight of the ranks of each owner together, `[owners]`.
  ///
  /// @param owner of a rank, 0 to `owners` - 1
  double[] weights(int owners, IntUnaryOperator owner) {
    double[] mean = weight.mean();
    double[] sums = new double[owners];
    for (int rank = 0; rank < mean.length; rank++) {
      sums[owner.applyAsInt(rank)] += mean[rank];
    }
    return sums;
  }
}
