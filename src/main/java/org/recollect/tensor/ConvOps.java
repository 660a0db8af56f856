package org.recollect.tensor;

import ai.djl.ndarray.NDArray;

/// The operators of convolutional networks, as those in [Ops]; pictures are `[batch][channels]
/// [height][width]`.
public final class ConvOps {
  /// Added to variances, as in PyTorch's batch norm.
  public static final double EPSILON = 1e-5;

  // Arguments of LibTorch's operators.
  private static final int STRIDE = 1;
  private static final boolean OF_BATCH = true;
  private static final boolean CUDNN = true;

  private ConvOps() {}

  /// The cross-correlation of pictures with filters `[out][channels][rows][columns]` at every
  /// pixel.
  ///
  /// @param padding zeros around the picture; 1 keeps its size under filters of 3 x 3
  /// @return `[batch][out][height + 2 padding - rows + 1][width + 2 padding - columns + 1]`
  public static NDArray conv2d(NDArray x, NDArray filters, int padding) {
    return Aten.script("conv2d", x, filters, null, STRIDE, padding);
  }

  /// The largest number of each square; what does not fill one at the right and the bottom is left
  /// out.
  ///
  /// @param side of the squares
  /// @return `[batch][channels][height / side][width / side]`
  public static NDArray maxPool(NDArray x, int side) {
    return Aten.script("max_pool2d", x, side);
  }

  /// Batch norm by the batch's own statistics: (x - mean) / √(variance + [#EPSILON]) · weight +
  /// bias with the mean and the biased variance of each channel over the batch and all places
  /// (Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1).
  ///
  /// @param weight `[channels]`
  /// @param bias `[channels]`
  public static NDArray batchNorm(NDArray x, NDArray weight, NDArray bias) {
    return Aten.script("batch_norm", x, weight, bias, null, null, OF_BATCH, 0.0, EPSILON, CUDNN);
  }

  /// The same, and moves running statistics towards the batch's, in place.
  ///
  /// @param mean `[channels]`, running
  /// @param variance `[channels]`, running; moves towards the unbiased variance
  /// @param momentum share of the batch in the new running statistics, 0 to 1
  public static NDArray batchNorm(
      NDArray x, NDArray weight, NDArray bias, NDArray mean, NDArray variance, double momentum) {
    return Aten.script(
        "batch_norm", x, weight, bias, mean, variance, OF_BATCH, momentum, EPSILON, CUDNN);
  }

  /// The same by given statistics `[channels]`, which stay as they are: each picture by itself.
  public static NDArray batchNorm(
      NDArray x, NDArray weight, NDArray bias, NDArray mean, NDArray variance) {
    return Aten.script(
        "batch_norm", x, weight, bias, mean, variance, !OF_BATCH, 0.0, EPSILON, CUDNN);
  }
}
