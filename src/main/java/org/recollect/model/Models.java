package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// Where subjects come from.
public final class Models {

  private Models() {}

  /// A model that has learned nothing: normal weights of standard deviation 0.02, those that write
  /// to the residual stream divided by `sqrt(2 layers)` (Radford et al., "Language Models are
  /// Unsupervised Multitask Learners", 2019, section 2.3), and norms of 1. It has no tokenizer.
  public static LanguageModel random(ModelConfig config, long seed) {
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      config
          .shapes()
          .forEach((name, shape) -> {
            boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
            double deviation = residual ? 0.02 / Math.sqrt(2.0 * config.layers()) : 0.02;
            arrays.put(
                name,
                shape.dimension() == 1
                    ? manager.ones(shape)
                    : RandomStream.of(seed, "initialisation", name)
                        .gaussian(manager, shape, deviation));
          });
      return new LanguageModel(config, Weights.of(arrays), null);
    }
  }
}
