package org.recollect.kv;

import java.util.Optional;
import java.util.stream.IntStream;
import org.recollect.kv.RateDistortion.Step;

/// How far down the tokens of a head are: each at a tier, or dropped. Mutable.
final class Descent {

  private final RateDistortion rule;
  private final int layer;
  private final int head;
  private final int first;
  private final int end;
  private final double[] weights;
  private final double[] sizes;
  private final long[] bytes;
  private final byte[] tiers;

  Descent(RateDistortion rule, Demand demand, int layer, int head) {
    var format = requireApart(rule.name(), demand.formats().get(layer).get(head));
    this.rule = rule;
    this.layer = layer;
    this.head = head;
    int tokens = demand.length();
    var scorer = demand.scorer();
    this.first = Math.min(scorer.sinks(), tokens);
    this.end = Math.max(first, tokens - scorer.recent(demand.tokens()));
    float[] importance = demand.importance()[layer][head];
    this.weights = rule.weights(importance);
    var rows = Rows.of(demand.prompt(), layer, format, head, 1);
    this.sizes = Distortion.sizes(rows.keys(), format, demand.prompt().config().headDim());
    this.bytes = new long[format.tiers() + 1];
    for (int tier = 0; tier < format.tiers(); tier++) {
      bytes[tier] = demand.bytes(layer, head, tier);
    }
    this.tiers = new byte[tokens];
    for (int token = 0; token < tokens; token++) {
      // Gone already, from a cache that goes on.
      tiers[token] = (byte) (importance[token] == Float.NEGATIVE_INFINITY ? format.tiers() : 0);
    }
  }

  /// A format in which each token and head is coded by itself.
  static LayerFormat requireApart(String name, LayerFormat format) {
    if (format.groupTokens() > 1 || format.recent() > 0 || format.headsTogether() > 1) {
      throw new IllegalArgumentException(
          "'%s' weighs tokens and heads one by one: choose a codec that stores each by itself, such as Spherical."
              .formatted(name));
    }
    return format;
  }

  /// Bytes of the tokens as they are now.
  long bytes() {
    long sum = 0;
    for (byte tier : tiers) {
      sum += bytes[tier];
    }
    return sum;
  }

  /// The first token that may step down.
  int first() {
    return first;
  }

  /// The token behind the last that may.
  int end() {
    return end;
  }

  /// The next step of a token, unless it has taken its last.
  Optional<Step> next(int token) {
    int now = tiers[token];
    int last = rule.dropping() ? bytes.length - 1 : bytes.length - 2;
    if (now >= last) {
      return Optional.empty();
    }
    double more = distortion(token, now + 1) - distortion(token, now);
    long saved = bytes[now] - bytes[now + 1];
    return Optional.of(new Step(more / saved, layer, head, token, saved));
  }

  private double distortion(int token, int tier) {
    return rule.distortion(weights[token], sizes[token], tier, bytes.length - 1);
  }

  void take(Step step) {
    tiers[step.token()]++;
  }

  /// What is kept in the end.
  Retention.Head kept() {
    int dropped = bytes.length - 1;
    int[] tokens = IntStream.range(0, tiers.length).filter(t -> tiers[t] < dropped).toArray();
    byte[] kept = new byte[tokens.length];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = tiers[tokens[i]];
    }
    return new Retention.Head(tokens, kept);
  }
}
