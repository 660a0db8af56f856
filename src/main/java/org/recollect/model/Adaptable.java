package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.recollect.tensor.Weights;

/// A model whose linear maps take [overlays][Adapter], such as [Lora].
///
/// @param <M> the model itself
public interface Adaptable<M extends Adaptable<M>> {

  /// The names of the linear maps that can be adapted, layer by layer, the head last. The number in
  /// a name, as in `layers.0.mlp.fc1`, is that of its Transformer block.
  List<String> linearMaps();

  /// The matrix of a linear map, `[out][in]`.
  ///
  /// @param linearName as [#linearMaps] lists them
  NDArray weight(String linearName);

  /// This model with an overlay on one linear map; overlays on the same map are applied in the
  /// order they were added. This model itself remains as it was and owns the weights of both.
  ///
  /// @throws IllegalArgumentException if the model has no linear map of that name
  M adapt(String linearName, Adapter adapter);

  /// All weights, the model's own; that of a linear map is under its name and `.weight`.
  Weights weights();

  /// A model with the same overlays and other weights, which it owns.
  M withWeights(Weights other);

  /// The Transformer block that a weight or linear map stands in: its name up to the first number,
  /// such as `model.layers.0`. Nothing for one outside of blocks, such as the head.
  static Optional<String> block(String name) {
    var numbered = Pattern.compile("(.*?\\.\\d+)\\.").matcher(name);
    return numbered.lookingAt() ? Optional.of(numbered.group(1)) : Optional.empty();
  }
}
