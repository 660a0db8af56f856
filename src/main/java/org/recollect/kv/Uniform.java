package org.recollect.kv;

import java.util.Arrays;

/// Every head of every layer keeps the same number of tokens.
public record Uniform() implements Allocator {

  @Override
  public String name() {
    return "uniform";
  }

  @Override
  public int[][] share(Demand demand) {
    int[][] shares = new int[demand.layers()][demand.kvHeads()];
    for (int[] layer : shares) {
      Arrays.fill(layer, Math.min(demand.tokens(), demand.length()));
    }
    return shares;
  }
}
