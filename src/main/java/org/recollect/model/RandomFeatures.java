package org.recollect.model;

import java.util.Arrays;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

/// A fixed random expansion that lets a linear classifier draw curved borders: `x -> ReLU(B x)`,
/// and a constant 1 where a bias is wanted (Schmidt et al., "Feedforward neural networks with
/// random weights", 1992, doi:10.1109/ICPR.1992.201708; ACIL, arXiv:2205.14922, has it before its
/// [RidgeHead]).
///
/// The entries of `B` `[width][inputs]` are normal with variance `2 / inputs`, so that the mean
/// square of the outputs is on average that of the inputs (He et al. 2015, arXiv:1502.01852,
/// section 2.2). Immutable, in doubles.
public final class RandomFeatures {
  private final double[][] projection;
  private final boolean bias;

  private RandomFeatures(double[][] projection, boolean bias) {
    this.projection = projection;
    this.bias = bias;
  }

  /// An expansion without bias.
  ///
  /// @param inputs numbers of one sample
  /// @param width how many features they become, usually several times as many
  /// @param seed of `B`
  public static RandomFeatures of(int inputs, int width, long seed) {
    if (inputs < 1 || width < 1) {
      throw new IllegalArgumentException(
          "Random features expand 1 or more inputs to 1 or more outputs, not %d to %d."
              .formatted(inputs, width));
    }
    var random = RandomStream.of(seed, "random features");
    double deviation = Math.sqrt(2.0 / inputs);
    var projection = new double[width][inputs];
    for (double[] row : projection) {
      Arrays.setAll(row, i -> deviation * random.nextGaussian());
    }
    return new RandomFeatures(projection, false);
  }

  /// The same with a last feature that is 1.
  public RandomFeatures withBias() {
    return new RandomFeatures(projection, true);
  }

  /// How many features come out, the bias included.
  public int features() {
    return projection.length + (bias ? 1 : 0);
  }

  /// @param rows `[samples][inputs]`, finite
  /// @return `[samples][features]`
  public double[][] expand(double[][] rows) {
    int inputs = projection[0].length;
    Features.check(rows, inputs);
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var x = Memory.ofRows(manager, rows, inputs);
      var b = Memory.ofRows(manager, projection, inputs);
      double[][] expanded = Memory.toRows(Ops.linear(x, b).maximum(0));
      return bias
          ? Arrays.stream(expanded).map(RandomFeatures::withOne).toArray(double[][]::new)
          : expanded;
    }
  }

  private static double[] withOne(double[] row) {
    double[] longer = Arrays.copyOf(row, row.length + 1);
    longer[row.length] = 1;
    return longer;
  }
}
