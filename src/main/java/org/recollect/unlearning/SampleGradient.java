package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// The gradient of the loss of some items in all weights of a model, without a step along it.
public final class SampleGradient {

  /// Items that are read together.
  private static final int ROWS = 16;

  private SampleGradient() {}

  /// The gradient of the mean loss, batch after batch.
  ///
  /// @param items at least one; their number takes time, but no memory
  /// @return by name, each row after row
  public static Map<String, float[]> of(LanguageModel model, List<QaItem> items) {
    var losses = new ArrayList<Supplier<NDArray>>();
    for (int from = 0; from < items.size(); from += ROWS) {
      var some = items.subList(from, Math.min(from + ROWS, items.size()));
      double share = some.size() / (double) items.size();
      losses.add(() -> Ops.scale(QaBatch.of(model, some).meanLoss(model), share));
    }
    return ofSum(model, losses);
  }

  /// The gradient of any scalar that depends on all weights.
  static Map<String, float[]> of(LanguageModel model, Supplier<NDArray> loss) {
    return ofSum(model, List.of(loss));
  }

  private static Map<String, float[]> ofSum(LanguageModel model, List<Supplier<NDArray>> losses) {
    var weights = model.weights().asMap();
    weights.values().forEach(weight -> weight.setRequiresGradient(true));
    try (var _ = Torch.newScope()) {
      try (var tape = Torch.gradients()) {
        for (var loss : losses) {
          try (var _ = Torch.newScope()) {
            tape.backward(loss.get());
          }
        }
      }
      var gradients = new LinkedHashMap<String, float[]>();
      weights.forEach((name, weight) -> gradients.put(name, taken(weight)));
      return gradients;
    } finally {
      weights.values().forEach(weight -> weight.setRequiresGradient(false));
    }
  }

  /// The Euclidean length of the gradient of one item.
  public static double norm(LanguageModel model, QaItem item) {
    var gradient = of(model, List.of(item));
    return Math.sqrt(dot(gradient, gradient));
  }

  /// The inner product of two gradients of one model.
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
    Memory.view(gradient).fill((byte) 0);
    return values;
  }
}
