package org.recollect.kv;

import java.util.stream.IntStream;

/// PyramidKV's shares (Cai et al., "PyramidKV: Dynamic KV Cache Compression based on Pyramidal
/// Information Funneling", 2024).
///
/// Low layers gather from everywhere, high layers from a few tokens: give low layers more. What a
/// layer has beyond the tokens that its scorer always keeps falls linearly from the first layer to
/// the last; the last has `1/beta` of the mean. Where the first layers would have more than the
/// text has tokens, what is left goes to the others. Heads of a layer have equal shares.
///
/// @param beta how much less than the mean the last layer has; 20 in released code
public record Pyramid(double beta) implements Allocator {

  /// A last layer with a twentieth of the mean.
  public Pyramid() {
    this(20);
  }

  public Pyramid {
    if (!(beta >= 1)) {
      throw new IllegalArgumentException(
          "A pyramid's last layer has 1/beta of the mean, beta being at least 1; it was "
              + beta
              + ".");
    }
  }

  @Override
  public String name() {
    return "pyramid";
  }

  @Override
  public int[][] share(Demand demand) {
    int layers = demand.layers();
    double last = 1 / beta;
    double first = 2 - last;
    return demand.byLayer(
        IntStream.range(0, layers)
            .mapToDouble(layer -> layers == 1 ? 1 : first - layer * (first - last) / (layers - 1))
            .toArray());
  }
}
