package org.recollect.model;

import ai.djl.ndarray.NDArray;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

/// An overlay that comes to a matrix added to each map, `y = (W + difference) x`: it can be written
/// into the weights, after which the model predicts the same without it.
public interface MergeableOverlay extends Overlay {

  /// What is added to the matrix of a linear map, `[out][in]`, differentiable.
  ///
  /// @param linearMap one of [#adapters]
  NDArray difference(String linearMap);

  /// A model of the same predictions that needs no overlay: `W + difference` in weights of its own.
  default <M extends Adaptable<M>> M mergedInto(M model) {
    var adapted = adapters().sequencedKeySet();
    return model.withWeights(
        model
            .weights()
            .map((name, weight) -> {
              String map = name.substring(0, Math.max(0, name.length() - ".weight".length()));
              return adapted.contains(map) ? weight.add(difference(map)) : weight;
            }));
  }

  /// Writes what [#mergedInto] would give into a model that there is, in place.
  ///
  /// @param model that the overlay belongs on; it remains as it is
  /// @param target with the same linear maps; only those with adapters change
  default void mergeInto(Adaptable<?> model, Adaptable<?> target) {
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      for (String map : adapters().sequencedKeySet()) {
        var merged = model.weight(map).add(difference(map));
        Memory.view(target.weight(map)).copyFrom(Memory.view(merged));
      }
    }
  }
}
