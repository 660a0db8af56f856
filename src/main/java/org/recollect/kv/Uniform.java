package org.recollect.kv;

import java.util.Arrays;
import java.util.Map;

/// Every head of every layer keeps the same number of tokens.
public record Uniform() implements Allocator {

  @Override
  public String name() {
    return "uniform";
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of();
  }

  @Override
  public int[][] share(float[][][] importance, int tokens) {
    return Arrays.stream(importance)
        .map(
            layer -> Arrays.stream(layer).mapToInt(head -> Math.min(tokens, head.length)).toArray())
        .toArray(int[][]::new);
  }
}
