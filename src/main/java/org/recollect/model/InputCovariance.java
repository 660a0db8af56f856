package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// The second moment of what goes into linear maps, `mean x xᵀ` over all inputs seen: observers
/// that hand on what they are given. Mutable; owns the sums.
public final class InputCovariance implements AutoCloseable {
  private final SequencedMap<String, Weights> sums = new LinkedHashMap<>();
  private final Map<String, Long> counts = new LinkedHashMap<>();

  /// An observer for each of these maps.
  public SequencedMap<String, Adapter> observers(List<String> linearMaps) {
    var observers = new LinkedHashMap<String, Adapter>();
    for (String map : linearMaps) {
      observers.put(
          map,
          (input, output) -> {
            add(map, input);
            return output;
          });
    }
    return observers;
  }

  /// @param input `[...][in]`
  private void add(String map, NDArray input) {
    long in = input.getShape().getLastDimension();
    try (var _ = Torch.newScope()) {
      var rows = input.reshape(-1, in);
      var products = Ops.matmul(rows.transpose(), rows);
      var sum = sums.get(map);
      if (sum == null) {
        sums.put(map, Weights.of(Map.of(map, products)));
      } else {
        Memory.view(sum.get(map)).copyFrom(Memory.view(sum.get(map).add(products)));
      }
      counts.merge(map, rows.getShape().get(0), Long::sum);
    }
  }

  /// The second moment of a map's inputs `[in][in]`.
  ///
  /// @throws IllegalArgumentException if none were seen
  public NDArray of(String linearMap) {
    var sum = sums.get(linearMap);
    if (sum == null) {
      throw new IllegalArgumentException(
          "No inputs of '%s' were seen: let a model with its observer read something first."
              .formatted(linearMap));
    }
    return Ops.scale(sum.get(linearMap), 1.0 / counts.get(linearMap));
  }

  /// A symmetric matrix whose square is the second moment `[in][in]`: its singular vectors and
  /// values are those of the inputs side by side, divided by the root of their number.
  public NDArray root(String linearMap) {
    var eigen = LinearAlgebra.eigh(of(linearMap));
    var roots = eigen.values().maximum(0).sqrt();
    return Ops.matmul(eigen.vectors().mul(roots), eigen.vectors().transpose());
  }

  @Override
  public void close() {
    sums.values().forEach(Weights::close);
  }
}
