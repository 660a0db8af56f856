package org.recollect.kv;

import java.util.Arrays;
import java.util.stream.IntStream;

/// What a cache keeps of a prompt.
///
/// @param heads by layer and key/value head, `[layers][kvHeads]`
public record Retention(Head[][] heads) {

  /// What one head keeps.
  ///
  /// @param tokens indices into the prompt, ascending `[kept]`
  /// @param tiers how finely each of them is stored `[kept]`: 0 as the layer's [LayerFormat#keys]
  ///   say, `i` as the `i`-th of its coarser formats
  public record Head(int[] tokens, byte[] tiers) {

    public Head {
      if (tokens.length != tiers.length) {
        throw new IllegalArgumentException(
            "Each of %d tokens has a tier, but there are %d."
                .formatted(tokens.length, tiers.length));
      }
    }

    /// These tokens, each as finely as can be.
    public static Head finest(int[] tokens) {
      return new Head(tokens, new byte[tokens.length]);
    }

    boolean sameAs(Head other) {
      return Arrays.equals(tokens, other.tokens) && Arrays.equals(tiers, other.tiers);
    }
  }

  /// For each head as many tokens as its share says.
  ///
  /// @param shares `[layers][kvHeads]`
  static Retention ofMostImportant(Demand demand, int[][] shares) {
    var heads = new Head[demand.layers()][demand.kvHeads()];
    for (int layer = 0; layer < heads.length; layer++) {
      for (int head = 0; head < heads[layer].length; head++) {
        float[] importance = demand.importance()[layer][head];
        heads[layer][head] =
            Head.finest(mostImportant(importance, demand.scorer(), shares[layer][head]));
      }
    }
    return new Retention(heads);
  }

  /// The tokens that a head keeps, ascending: the first, the recent and the most important, in
  /// whole spans where the scorer has such. A token of importance minus infinity is not there any
  /// more.
  private static int[] mostImportant(float[] importance, Scorer scorer, int count) {
    int tokens = importance.length;
    int sinks = Math.min(scorer.sinks(), count);
    int recent = Math.min(scorer.recent(count), count - sinks);
    int end = tokens - recent;
    var kept = IntStream.builder();
    IntStream.concat(IntStream.range(0, sinks), IntStream.range(end, tokens)).forEach(kept);
    int room = count - sinks - recent;
    for (int from : spans(importance, sinks, end, scorer.span())) {
      int to = Math.min(end, from + scorer.span());
      if (to - from > room) {
        break;
      }
      IntStream.range(from, to).forEach(kept);
      room -= to - from;
    }
    return kept.build()
        .filter(token -> importance[token] > Float.NEGATIVE_INFINITY)
        .sorted()
        .toArray();
  }

  /// Where spans begin, the most important first; of equal ones the later.
  private static int[] spans(float[] importance, int from, int to, int span) {
    return IntStream.iterate(from, at -> at < to, at -> at + span)
        .boxed()
        .sorted((a, b) -> {
          int byImportance = Float.compare(importance[b], importance[a]);
          return byImportance != 0 ? byImportance : Integer.compare(b, a);
        })
        .mapToInt(Integer::intValue)
        .toArray();
  }

  Head head(int layer, int head) {
    return heads[layer][head];
  }
}
