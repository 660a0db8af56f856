package org.recollect.kv;

import java.util.stream.IntStream;

/// WindowKV's shares (Zuo et al., "WindowKV: Task-Adaptive Group-Wise KV Cache Window Selection for
/// Efficient LLM Inference", 2025, arXiv:2503.17922).
///
/// Layers that share one choice of tokens keep equally many. From group to group what a layer has,
/// beyond the tokens that its scorer always keeps, falls by equal steps: the last group has
/// `group/beta` of the mean, the first as much more than the mean as the last has less. A last
/// group of fewer layers, and what does not divide evenly, changes no more than rounding does;
/// where the first group would have more than the text has tokens, what is left goes to the others.
///
/// Released code has groups of 8 layers and `beta` 14, so that its last group has 8/14 of the mean;
/// with other groups the factor `group/beta` is kept as it is written (inferred).
///
/// @param group layers of a group
/// @param beta how much less than the mean the last group has; 14 in released code
public record GroupDescent(int group, double beta) implements Allocator {

  /// Groups of two layers.
  public GroupDescent() {
    this(2, 14);
  }

  public GroupDescent {
    if (group < 1 || !(beta >= group)) {
      throw new IllegalArgumentException(
          "The last group has group/beta of the mean, beta being at least as large as a group of one layer or more; got %d and %s."
              .formatted(group, beta));
    }
  }

  @Override
  public String name() {
    return "group descent";
  }

  @Override
  public int[][] share(Demand demand) {
    int layers = demand.layers();
    int groups = Math.ceilDiv(layers, group);
    double last = group / beta;
    double first = 2 - last;
    double[] weights =
        IntStream.range(0, layers)
            .mapToDouble(
                layer -> groups == 1 ? 1 : first - layer / group * (first - last) / (groups - 1))
            .toArray();
    int[][] shares = demand.byLayer(weights);
    // Largest remainders may tell layers of a group apart by one token.
    for (int layer = layers - 2; layer >= 0; layer--) {
      if (layer / group == (layer + 1) / group && shares[layer][0] > shares[layer + 1][0]) {
        shares[layer] = shares[layer + 1];
      }
    }
    return shares;
  }
}
