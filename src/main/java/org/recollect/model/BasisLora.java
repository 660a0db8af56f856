package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// LoRA whose `A` is given and stays as it is; only `B` is trained:
///
/// `y = W x + scale B A x`
///
/// What is added sees an input's components along the rows of `A` and nothing else, whatever the
/// optimiser does, as in InfLoRA (Liang and Li, "InfLoRA: Interference-Free Low-Rank Adaptation for
/// Continual Learning", 2024, arXiv:2404.00228), whose rows are directions that earlier tasks leave
/// free. `B` starts at zero: an overlay that has not been trained changes nothing. Owns basis and
/// weights.
///
/// @param basis the rows of `A` by linear map, `[rank][in]`; the rank may differ from map to map
/// @param scale of the products, above 0
/// @param weights `<linear map>.lora_B.weight` `[out][rank]` for each map
public record BasisLora(Weights basis, double scale, Weights weights) implements MergeableOverlay {

  public BasisLora {
    LowRank.requireScale(scale);
  }

  /// An untrained overlay.
  ///
  /// @param basis the rows of `A` by linear map, `[rank][in]`, which the overlay takes over
  /// @throws IllegalArgumentException if the model has no such map with weights of its own, or the
  ///   rows do not fit its input
  public static BasisLora of(Adaptable<?> model, Weights basis, double scale) {
    var b = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      basis
          .asMap()
          .forEach((map, rows) -> {
            var matrix = LowRank.matrix(model, map);
            LowRank.requireRows(map, rows.getShape(), matrix.get(1), "[rank][in]");
            b.put(map + Lora.B, manager.zeros(new Shape(matrix.get(0), rows.getShape().get(0))));
          });
      return new BasisLora(basis, scale, Weights.of(b));
    }
  }

  @Override
  public SequencedMap<String, Adapter> adapters() {
    var adapters = new LinkedHashMap<String, Adapter>();
    basis.names().forEach(map -> adapters.put(map, factors(map)));
    return adapters;
  }

  @Override
  public NDArray difference(String linearMap) {
    return factors(linearMap).product();
  }

  private LowRank factors(String map) {
    return new LowRank(basis.get(map), weights.get(map + Lora.B), scale);
  }

  @Override
  public BasisLora copy() {
    return new BasisLora(basis.copy(), scale, weights.copy());
  }

  @Override
  public void close() {
    basis.close();
    weights.close();
  }
}
