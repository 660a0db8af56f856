package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import org.recollect.tensor.ConvOps;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// A small convolutional network, CNN-S of the experiments: three times
///
/// `x = maxPool(relu(batchNorm(conv(x))))`
///
/// with 16, 32 and 64 filters of 3 x 3 and pools of 2 x 2, the mean over all places, and a linear
/// layer: 23 632 weights and 65 for each class, of grey pictures. Pictures have 8 x 8 pixels or
/// more.
///
/// The running statistics of batch norm are weights (`bn1.running_mean`, `bn1.running_var`) that no
/// gradient trains; [#in] says which statistics norm. The model starts with the running ones.
public final class ConvNet implements ImageClassifier {
  private static final int[] FILTERS = {16, 32, 64};
  private static final int SMALLEST = 8;
  private static final int POOL = 2;
  private static final int PADDING = 1;

  /// Share of a batch in the running statistics, as in PyTorch.
  private static final double MOMENTUM = .1;

  private final Weights weights;
  private final BatchStatistics statistics;
  private final boolean owner;

  /// A model that owns its weights.
  ///
  /// @param weights under the names of [#random]'s, trained or not
  public ConvNet(Weights weights) {
    this(weights, BatchStatistics.RUNNING, true);
    weights.get("fc.weight");
  }

  private ConvNet(Weights weights, BatchStatistics statistics, boolean owner) {
    this.weights = weights;
    this.statistics = statistics;
    this.owner = owner;
  }

  /// A network that has learned nothing: filters are normal with a variance of 2 / inputs (He et
  /// al., "Delving Deep into Rectifiers", 2015, equation 10).
  ///
  /// @param channels of the pictures, 1 or 3
  public static ConvNet random(int channels, int classes, RandomStream random) {
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      int in = channels;
      for (int stage = 1; stage <= FILTERS.length; stage++) {
        int out = FILTERS[stage - 1];
        var filters = random.split("conv", stage);
        arrays.put(
            "conv" + stage + ".weight",
            filters.gaussian(manager, new Shape(out, in, 3, 3), Math.sqrt(2 / (9.0 * in))));
        putNorm(arrays, manager, "bn" + stage, new Shape(out));
        in = out;
      }
      arrays.put(
          "fc.weight",
          random.split("fc").gaussian(manager, new Shape(classes, in), 1 / Math.sqrt(in)));
      arrays.put("fc.bias", manager.zeros(new Shape(classes)));
      return new ConvNet(Weights.of(arrays));
    }
  }

  private static void putNorm(
      LinkedHashMap<String, NDArray> arrays, NDManager manager, String name, Shape shape) {
    arrays.put(name + ".weight", manager.ones(shape));
    arrays.put(name + ".bias", manager.zeros(shape));
    arrays.put(name + ".running_mean", manager.zeros(shape));
    arrays.put(name + ".running_var", manager.ones(shape));
  }

  /// This network normed by other statistics; it shares the weights, which this one owns.
  public ConvNet in(BatchStatistics other) {
    return new ConvNet(weights, other, false);
  }

  @Override
  public ConvNet training() {
    return in(BatchStatistics.LEARNING);
  }

  @Override
  public ConvNet withWeights(Weights other) {
    return new ConvNet(other, statistics, true);
  }

  @Override
  public Weights weights() {
    return weights;
  }

  @Override
  public boolean learns(String weight) {
    return !weight.contains(".running_");
  }

  @Override
  public int classes() {
    return (int) weights.get("fc.weight").getShape().get(0);
  }

  @Override
  public NDArray features(NDArray pictures) {
    requirePictures(pictures.getShape());
    var x = pictures;
    for (int stage = 1; stage <= FILTERS.length; stage++) {
      var filtered = ConvOps.conv2d(x, weights.get("conv" + stage + ".weight"), PADDING);
      x = ConvOps.maxPool(Ops.relu(norm("bn" + stage, filtered)), POOL);
    }
    return x.flatten(2, 3).mean(new int[] {2});
  }

  @Override
  public NDArray head(NDArray features) {
    return Ops.linear(features, weights.get("fc.weight")).add(weights.get("fc.bias"));
  }

  private NDArray norm(String name, NDArray x) {
    var weight = weights.get(name + ".weight");
    var bias = weights.get(name + ".bias");
    var mean = weights.get(name + ".running_mean");
    var variance = weights.get(name + ".running_var");
    return switch (statistics) {
      case RUNNING -> ConvOps.batchNorm(x, weight, bias, mean, variance);
      case LEARNING -> ConvOps.batchNorm(x, weight, bias, mean, variance, MOMENTUM);
      case BATCH -> ConvOps.batchNorm(x, weight, bias);
    };
  }

  private void requirePictures(Shape given) {
    long channels = weights.get("conv1.weight").getShape().get(1);
    if (given.dimension() != 4
        || given.get(1) != channels
        || Math.min(given.get(2), given.get(3)) < SMALLEST) {
      throw new IllegalArgumentException(
          "The network was given pictures %s, expected [batch][%d][%d or more][%d or more]: draw them with as many channels, and large enough."
              .formatted(given, channels, SMALLEST, SMALLEST));
    }
  }

  @Override
  public void close() {
    if (owner) {
      weights.close();
    }
  }
}
