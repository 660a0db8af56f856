package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Ops;
import org.recollect.train.LossGradient;

/// The [LossGradient] of some items in all weights of a language model.
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
    return LossGradient.of(model.weights(), losses);
  }

  /// The gradient of any scalar that depends on all weights.
  static Map<String, float[]> of(LanguageModel model, Supplier<NDArray> loss) {
    return LossGradient.of(model.weights(), List.of(loss));
  }

  /// The Euclidean length of the gradient of one item.
  public static double norm(LanguageModel model, QaItem item) {
    var gradient = of(model, List.of(item));
    return Math.sqrt(LossGradient.dot(gradient, gradient));
  }
}
