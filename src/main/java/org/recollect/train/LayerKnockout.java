package org.recollect.train;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;

/// How much a model needs each of its layers, as ADEPT measures it ("Continual Pretraining via
/// Adaptive Expansion and Dynamic Decoupled Tuning", 2025): by what a loss rises without it,
///
/// `I_l = L(model with all weights of layer l zero) - L(model)`
///
/// A layer whose weights are zero adds nothing to the residual stream, with [overlays]
/// [org.recollect.model.Overlay] on its maps as well, since its norms give them zeros.
public final class LayerKnockout {

  private LayerKnockout() {}

  /// The importance of each layer, `[layers]`: below 0 where the loss is lower without it. The loss
  /// is computed once more than there are layers.
  ///
  /// @param model remains as it is
  /// @param loss of a model, in any unit, the same for the same model
  public static double[] importance(LanguageModel model, ToDoubleFunction<LanguageModel> loss) {
    double whole = loss.applyAsDouble(model);
    double[] rises = new double[model.config().layers()];
    try (var knocked = model.withWeights(model.weights().copy())) {
      for (int layer = 0; layer < rises.length; layer++) {
        var block = block(knocked, layer);
        block.values().forEach(weight -> Memory.view(weight).fill((byte) 0));
        rises[layer] = loss.applyAsDouble(knocked) - whole;
        block.forEach(
            (name, weight) -> Memory.view(weight).copyFrom(Memory.view(model.weights().get(name))));
      }
    }
    return rises;
  }

  private static Map<String, NDArray> block(LanguageModel model, int layer) {
    var block = new LinkedHashMap<>(model.weights().asMap());
    block.keySet().removeIf(name -> !name.startsWith("model.layers." + layer + "."));
    return block;
  }
}
