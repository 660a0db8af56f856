package org.recollect.train;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import org.recollect.data.LabelledPictures;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// How much depends on each weight: a number from 0 up, under the weight's name and in its shape.
/// Models are taken as they are, so that classifiers norm by running statistics.
///
/// The *diagonal Fisher information* is the mean over samples of squared gradients of the loss with
/// the true labels (the empirical one):
///
/// `F_j = mean_z (d l(z) / d w_j)²`
///
/// What is mostly computed instead squares the mean gradient of each batch. It needs a pass for
/// each batch in place of one for each sample, and is smaller, since gradients in a batch cancel:
/// with independent ones of mean zero, by the size of the batch.
///
/// The *sensitivity* needs no labels: `mean_z |d |f(z)|² / d w_j|` for the logits `f` (Aljundi et
/// al., "Memory Aware Synapses", 2018, arXiv:1711.09601, section 4.1).
public final class WeightImportance {

  private WeightImportance() {}

  /// The diagonal Fisher information of learned weights, exact: one pass for each picture.
  public static Weights fisher(ImageClassifier model, LabelledPictures pictures) {
    return fisher(model, pictures, 1);
  }

  /// The diagonal of squared mean gradients of batches; batches weigh by their pictures.
  ///
  /// @param rows pictures in a batch, taken in order; 1 for the exact one
  public static Weights fisher(ImageClassifier model, LabelledPictures pictures, int rows) {
    return of(
        model.trainable(),
        pictures.size(),
        rows,
        batch -> Classification.loss(model, pictures, batch),
        gradient -> gradient * gradient);
  }

  /// The sensitivity of the logits' mean squared length to each learned weight.
  ///
  /// @param rows pictures in a batch, taken in order; 1 for the exact one
  public static Weights sensitivity(ImageClassifier model, LabelledPictures pictures, int rows) {
    return of(
        model.trainable(),
        pictures.size(),
        rows,
        batch -> {
          var manager = model.weights().asMap().values().iterator().next().getManager();
          var squares = Ops.square(model.logits(pictures.pictures(manager, batch)));
          return squares.sum(new int[] {1}).mean();
        },
        Math::abs);
  }

  /// The mean loss of the samples in a batch, differentiable.
  @FunctionalInterface
  public interface BatchLoss {

    /// @param batch places of samples
    NDArray of(int... batch);
  }

  /// Any other importance: a function of each weight's gradient, mean over samples. The caller
  /// closes it.
  ///
  /// @param weights that every loss depends on; none of them changes
  /// @param samples how many there are, at least 1
  /// @param rows samples in a batch, at least 1
  /// @param each of a gradient, such as its square
  public static Weights of(
      Weights weights, int samples, int rows, BatchLoss loss, DoubleUnaryOperator each) {
    if (samples < 1 || rows < 1) {
      throw new IllegalArgumentException(
          "Importance is for at least one sample in batches of at least one; got %d and %d."
              .formatted(samples, rows));
    }
    Map<String, double[]> sums = new LinkedHashMap<>();
    weights
        .asMap()
        .forEach((name, weight) -> sums.put(name, new double[Math.toIntExact(weight.size())]));
    for (int[] batch : inOrder(samples, rows)) {
      Supplier<NDArray> batchLoss = () -> loss.of(batch);
      LossGradient.of(weights, List.of(batchLoss))
          .forEach((name, gradient) -> {
            double[] sum = sums.get(name);
            for (int i = 0; i < sum.length; i++) {
              sum[i] += each.applyAsDouble(gradient[i]) * batch.length / samples;
            }
          });
    }
    return arrays(weights, sums);
  }

  private static List<int[]> inOrder(int samples, int rows) {
    var batches = new ArrayList<int[]>();
    for (int from = 0; from < samples; from += rows) {
      int[] batch = new int[Math.min(rows, samples - from)];
      for (int i = 0; i < batch.length; i++) {
        batch[i] = from + i;
      }
      batches.add(batch);
    }
    return batches;
  }

  private static Weights arrays(Weights weights, Map<String, double[]> sums) {
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      sums.forEach((name, sum) -> {
        float[] values = new float[sum.length];
        for (int i = 0; i < sum.length; i++) {
          values[i] = (float) sum[i];
        }
        var shape = weights.get(name).getShape().getShape();
        arrays.put(name, Memory.ofFloats(manager, values, shape));
      });
      return Weights.of(arrays);
    }
  }
}
