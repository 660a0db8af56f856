package org.recollect.kv;

import java.util.Arrays;
import java.util.stream.IntStream;

/// The most important tokens of all heads and layers together: one threshold for everybody. For
/// scorers whose importances can be compared across layers, such as the probabilities of
/// [AttentionGate]; attention cannot.
///
/// Every head keeps at least the tokens that are always kept. Of equally important tokens those of
/// lower layers and heads go first, and in a head the later ones.
public record Pooled() implements Allocator {

  @Override
  public String name() {
    return "pooled";
  }

  @Override
  public int[][] share(Demand demand) {
    int heads = demand.kvHeads();
    int always = demand.always();
    int sinks = Math.min(demand.scorer().sinks(), demand.tokens());
    int end = demand.length() - (always - sinks);
    int competing = Math.max(0, end - sinks);
    long room = (long) demand.layers() * heads * Math.min(demand.tokens() - always, competing);
    int[][] shares = new int[demand.layers()][heads];
    for (int[] layer : shares) {
      Arrays.fill(layer, always);
    }
    IntStream.range(0, demand.layers() * heads * competing)
        .boxed()
        .sorted((a, b) ->
            Float.compare(
                importance(demand, b, competing, sinks), importance(demand, a, competing, sinks)))
        .limit(room)
        .forEach(i -> shares[i / competing / heads][i / competing % heads]++);
    return shares;
  }

  private static float importance(Demand demand, int entry, int competing, int sinks) {
    int head = entry / competing;
    return demand
        .importance()[head / demand.kvHeads()][head % demand.kvHeads()][sinks + entry % competing];
  }
}
