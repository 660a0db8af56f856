package org.recollect.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;

/// AdaKV's shares (Feng et al., "Ada-KV: Optimizing KV Cache Eviction by Adaptive Budget Allocation
/// for Efficient LLM Inference", 2024).
///
/// Heads differ in how many tokens they look at. All scores of a layer's heads are put into one
/// list; how many of a head's tokens are among the first `kvHeads * n` says how many the head gets,
/// `n` being what a head keeps on average beyond the tokens that are always kept. Each head is
/// assured of the share `floor` of `n`: `(1 - floor) * found + floor * n`.
///
/// @param floor share of the mean that every head is assured of, 0 to 1; .2 in released code
public record Ada(double floor) implements Allocator {

  /// A fifth of the mean for every head.
  public Ada() {
    this(0.2);
  }

  public Ada {
    if (!(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException(
          "A head is assured of a share of the mean from 0 to 1, not " + floor + ".");
    }
  }

  @Override
  public String name() {
    return "Ada";
  }

  @Override
  public int[][] share(Demand demand) {
    int[][] shares = new int[demand.layers()][];
    for (int layer = 0; layer < shares.length; layer++) {
      shares[layer] = share(demand, demand.importance()[layer]);
    }
    return shares;
  }

  private int[] share(Demand demand, float[][] importance) {
    int heads = importance.length;
    int always = demand.always();
    int mean = demand.tokens() - always;
    double[] found = new double[heads];
    for (var entry : best(importance, demand, (long) heads * mean)) {
      found[entry.head]++;
    }
    double[] weights =
        Arrays.stream(found).map(count -> (1 - floor) * count + floor * mean).toArray();
    return Apportionment.of(weights, (long) demand.tokens() * heads, always, demand.length());
  }

  private record Entry(int head, float importance) {}

  /// The most important tokens of all heads together, of those that compete.
  private static Iterable<Entry> best(float[][] importance, Demand demand, long count) {
    int sinks = Math.min(demand.scorer().sinks(), demand.tokens());
    int recent = demand.always() - sinks;
    var entries = new ArrayList<Entry>();
    for (int head = 0; head < importance.length; head++) {
      for (int token = sinks; token < demand.length() - recent; token++) {
        entries.add(new Entry(head, importance[head][token]));
      }
    }
    entries.sort(Comparator.comparingDouble((Entry entry) -> -entry.importance));
    return entries.subList(0, (int) Math.min(count, entries.size()));
  }
}
