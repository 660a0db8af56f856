package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// LoRA with both matrices in given subspaces, so that only their coordinates are trained, a few
/// numbers a map (Share, "Shared LoRA Subspaces for almost Strict Continual Learning", 2026):
///
/// `y = W x + scale (U C) (D V) x`
///
/// for the bases `U` `[out][basis]` and `V` `[basis][in]`, which tasks share and which stay as they
/// are, and the coordinates `C` `[basis][rank]` and `D` `[rank][basis]`. `C` starts at zero and `D`
/// normal with a variance of 1 / basis (inferred): an overlay that has not been trained changes
/// nothing. Borrows the bases, so that each task can have an overlay on the same ones; owns its
/// weights.
///
/// @param outputs `U` transposed, by linear map, `[basis][out]`; borrowed
/// @param inputs `V` by linear map, `[basis][in]`; borrowed
/// @param scale of the products, above 0
/// @param weights `<linear map>.lora_A.weight`, which is `D`, and `<linear map>.lora_B.weight`,
///   which is `C`
public record SubspaceLora(Weights outputs, Weights inputs, double scale, Weights weights)
    implements MergeableOverlay {

  public SubspaceLora {
    LowRank.requireScale(scale);
  }

  /// An untrained overlay.
  ///
  /// @param outputs directions of each map's output, `[basis][out]`
  /// @param inputs directions of each map's input, `[basis][in]`, for the same maps; there may be
  ///   more or fewer of them
  /// @param rank of the products, at least 1
  /// @param seed of the first coordinates
  /// @throws IllegalArgumentException if the model has no such map with weights of its own, or the
  ///   bases do not fit it
  public static SubspaceLora of(
      Adaptable<?> model, Weights outputs, Weights inputs, int rank, double scale, long seed) {
    if (rank < 1 || !outputs.names().equals(inputs.names())) {
      throw new IllegalArgumentException(
          "A LoRA in subspaces has a rank of at least 1, not %d, and bases of the outputs and the inputs of the same maps, not of %s and %s."
              .formatted(rank, outputs.names(), inputs.names()));
    }
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      for (String map : inputs.names()) {
        var matrix = LowRank.matrix(model, map);
        var in = inputs.get(map).getShape();
        var out = outputs.get(map).getShape();
        LowRank.requireRows(map, in, matrix.get(1), "[basis][in]");
        LowRank.requireRows(map, out, matrix.get(0), "[basis][out]");
        arrays.put(
            map + Lora.A,
            RandomStream.of(seed, "coordinates", map)
                .gaussian(manager, new Shape(rank, in.get(0)), 1 / Math.sqrt(in.get(0))));
        arrays.put(map + Lora.B, manager.zeros(new Shape(out.get(0), rank)));
      }
      return new SubspaceLora(outputs, inputs, scale, Weights.of(arrays));
    }
  }

  @Override
  public SequencedMap<String, Adapter> adapters() {
    var adapters = new LinkedHashMap<String, Adapter>();
    for (String map : inputs.names()) {
      adapters.put(map, (input, output) -> factors(map).apply(input, output));
    }
    return adapters;
  }

  @Override
  public NDArray difference(String linearMap) {
    return factors(linearMap).product();
  }

  /// `A = D V` and `B = U C`.
  private LowRank factors(String map) {
    var a = Ops.matmul(weights.get(map + Lora.A), inputs.get(map));
    var b = Ops.matmul(outputs.get(map).transpose(), weights.get(map + Lora.B));
    return new LowRank(a, b, scale);
  }

  /// The copy borrows the same bases.
  @Override
  public SubspaceLora copy() {
    return new SubspaceLora(outputs, inputs, scale, weights.copy());
  }

  /// Frees the weights; the bases stay.
  @Override
  public void close() {
    weights.close();
  }
}
