package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.Arena;
import java.util.HashSet;
import org.recollect.kernel.BitPlaneMatrix;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;

/// A quantisation attack (Zhang et al., "Catastrophic Failure of LLM Unlearning via Quantization",
/// 2024, arXiv:2410.16454): all linear weights of the layers are rounded to the nearest of a few
/// steps. An update smaller than half a step leaves most weights where they were rounded to before,
/// and so the rounded model knows what the model of full precision no longer says. The full model
/// under the same attack tells what rounding alone breaks.
///
/// A group of weights of one row shares a step, `max|w| / (2^(bits-1) - 1)`, rounded up to half
/// precision as [BitPlaneMatrix] stores it; every weight moves by at most half of it. Embeddings,
/// the head and norms stay as they are. What is judged computes in single precision with the
/// rounded weights, so that attacks and measures that need gradients have them.
///
/// @param bits of a weight, 2 to 8
/// @param group input channels that share a step, at least 1; [#ROW] for all
public record Quantisation(int bits, int group) implements Attack {

  /// All input channels share a step.
  public static final int ROW = Integer.MAX_VALUE;

  public Quantisation {
    if (bits < 2 || bits > 8 || group < 1) {
      throw new IllegalArgumentException(
          "Weights are rounded to 2 to 8 bits in groups of at least one, not to %d in groups of %d."
              .formatted(bits, group));
    }
  }

  /// The same with a step for each so many input channels; 32 are usual.
  public Quantisation inGroupsOf(int channels) {
    return new Quantisation(bits, channels);
  }

  @Override
  public String name() {
    return group == ROW ? "int" + bits : "int%d in groups of %d".formatted(bits, group);
  }

  @Override
  public LanguageModel weights(LanguageModel model, Material material, long seed) {
    var linear = new HashSet<String>();
    for (String map : model.linearMaps()) {
      if (map.startsWith("model.layers.")) {
        linear.add(map + ".weight");
      }
    }
    return model.withWeights(
        model.weights().map((name, weight) -> linear.contains(name) ? rounded(weight) : weight));
  }

  private NDArray rounded(NDArray weight) {
    int rows = (int) weight.getShape().get(0);
    int columns = (int) weight.getShape().get(1);
    float[] values = Memory.toFloats(weight);
    try (var arena = Arena.ofConfined()) {
      var codes = BitPlaneMatrix.of(arena, values, rows, columns, bits, group);
      float[] row = new float[columns];
      for (int i = 0; i < rows; i++) {
        codes.read(i, row);
        System.arraycopy(row, 0, values, i * columns, columns);
      }
    }
    return Memory.ofFloats(weight.getManager(), values, rows, columns);
  }
}
