package org.recollect.model;

import java.util.SequencedMap;
import org.recollect.tensor.Weights;

/// What is laid over several linear maps of a model, with weights of its own: [Lora] and its kin.
/// The model's weights are never changed, so that taking an overlay off is using the model.
///
/// ```java
/// try (var overlay = Lora.of(model, 8, 16, 1, "q_proj", "v_proj");
///     var trainer = new Trainer(overlay.weights(), new AdamW(), schedule, 1)) {
///   var tuned = overlay.on(model);
///   trainer.step(() -> NextToken.loss(tuned, batch));
/// }
/// ```
public interface Overlay extends AutoCloseable {

  /// The adapter of each linear map, by the map's name, in the order of the model's maps. They read
  /// the weights when they are applied: training goes on under a model that has them.
  SequencedMap<String, Adapter> adapters();

  /// What is trained: every loss of a model with this overlay depends on all of them. What is
  /// frozen is not among them.
  Weights weights();

  /// A model with this overlay on it, which shares the model's weights and these.
  ///
  /// @throws IllegalArgumentException if the model lacks one of the linear maps
  default <M extends Adaptable<M>> M on(M model) {
    var adapted = model;
    for (var adapter : adapters().entrySet()) {
      adapted = adapted.adapt(adapter.getKey(), adapter.getValue());
    }
    return adapted;
  }

  /// The same overlay with weights of its own, frozen ones as well; it is not trained.
  Overlay copy();

  /// Frees all weights, those that are frozen as well.
  @Override
  void close();
}
