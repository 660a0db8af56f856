package org.recollect.train;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.recollect.data.LabelledPictures;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// The gradient of a loss in some weights, without a step along it.
public final class LossGradient {
  private static final int ROWS = 200;

  private LossGradient() {}

  /// The gradient of the sum of several losses, which are computed one after another: that of a
  /// large batch in the memory of a small one.
  ///
  /// Not to be called between a loss and its gradient in a training loop, which it would take for
  /// its own.
  ///
  /// @param weights that every loss depends on; none of them changes
  /// @param losses scalars, differentiable
  /// @return by name, each row after row
  public static Map<String, float[]> of(Weights weights, List<Supplier<NDArray>> losses) {
    var arrays = weights.asMap();
    // Within a training loop they ask for gradients already, and go on doing so.
    var quiet = arrays.values().stream().filter(weight -> !weight.hasGradient()).toList();
    quiet.forEach(weight -> weight.setRequiresGradient(true));
    try (var _ = Torch.newScope()) {
      try (var tape = Torch.gradients()) {
        for (var loss : losses) {
          try (var _ = Torch.newScope()) {
            tape.backward(loss.get());
          }
        }
      }
      var gradients = new LinkedHashMap<String, float[]>();
      arrays.forEach((name, weight) -> gradients.put(name, taken(weight)));
      return gradients;
    } finally {
      quiet.forEach(weight -> weight.setRequiresGradient(false));
    }
  }

  /// The gradient of the mean cross-entropy of pictures in the learned weights of a classifier, as
  /// it is.
  public static Map<String, float[]> of(ImageClassifier model, LabelledPictures pictures) {
    var losses = new ArrayList<Supplier<NDArray>>();
    for (int from = 0; from < pictures.size(); from += ROWS) {
      int[] rows = IntStream.range(from, Math.min(from + ROWS, pictures.size())).toArray();
      double share = (double) rows.length / pictures.size();
      losses.add(() -> Ops.scale(Classification.loss(model, pictures, rows), share));
    }
    return of(model.trainable(), losses);
  }

  /// The inner product of two gradients in the same weights.
  public static double dot(Map<String, float[]> a, Map<String, float[]> b) {
    double sum = 0;
    for (var entry : a.entrySet()) {
      float[] left = entry.getValue();
      float[] right = b.get(entry.getKey());
      for (int i = 0; i < left.length; i++) {
        sum += (double) left[i] * right[i];
      }
    }
    return sum;
  }

  /// Gradients add up from one backward pass to the next, unless they are emptied.
  private static float[] taken(NDArray weight) {
    var gradient = weight.getGradient();
    float[] values = Memory.toFloats(gradient);
    Gradients.zero(gradient);
    return values;
  }
}
