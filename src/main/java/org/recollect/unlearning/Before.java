package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.function.Function;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Torch;

/// The model as it was when it was asked to forget, for terms that compare with it.
///
/// @param model the request's; not owned
/// @param meter that takes down what reading it takes: two operations for each weight and token
record Before(LanguageModel model, Meter meter) {

  static Before of(Request request) {
    return new Before(request.model(), request.meter());
  }

  /// What it says of a batch; no gradient goes through it.
  NDArray read(QaBatch batch, Function<LanguageModel, NDArray> reading) {
    meter.flop(2.0 * model.weights().parameters() * batch.batch().tokens());
    try (var _ = Torch.withoutGradients()) {
      return reading.apply(model);
    }
  }
}
