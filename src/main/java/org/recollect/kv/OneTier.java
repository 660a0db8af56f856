package org.recollect.kv;

import java.util.ArrayList;
import java.util.Comparator;

/// What [RateDistortion] does in one, in two: first which tokens stay, by their importance alone,
/// over all layers and heads together; then one tier for all that stay. What the scorer always
/// keeps is stored at the finest tier, as there.
///
/// @param tier of the tokens that compete, 0 the finest
public record OneTier(int tier) implements Allocator {

  public OneTier {
    if (tier < 0) {
      throw new IllegalArgumentException("Tiers are counted from 0, the finest; got " + tier + ".");
    }
  }

  @Override
  public String name() {
    return "decoupled, tier " + tier;
  }

  private record Entry(int layer, int head, float importance) {}

  @Override
  public int[][] share(Demand demand) {
    int always = demand.always();
    int[][] shares = new int[demand.layers()][demand.kvHeads()];
    long left = demand.bytes();
    var entries = new ArrayList<Entry>();
    int first = Math.min(demand.scorer().sinks(), always);
    int end = demand.length() - (always - first);
    for (int layer = 0; layer < shares.length; layer++) {
      for (int head = 0; head < shares[layer].length; head++) {
        requireTier(demand.formats().get(layer).get(head));
        shares[layer][head] = always;
        left -= always * demand.bytes(layer, head, 0);
        for (int token = first; token < end; token++) {
          entries.add(new Entry(layer, head, demand.importance()[layer][head][token]));
        }
      }
    }
    entries.sort(Comparator.comparingDouble((Entry entry) -> -entry.importance));
    for (var entry : entries) {
      left -= demand.bytes(entry.layer, entry.head, tier);
      if (left < 0) {
        break;
      }
      shares[entry.layer][entry.head]++;
    }
    return shares;
  }

  @Override
  public Retention retain(Demand demand) {
    var retention = Retention.ofMostImportant(demand, share(demand));
    int first = Math.min(demand.scorer().sinks(), demand.always());
    int end = demand.length() - (demand.always() - first);
    for (var heads : retention.heads()) {
      for (var head : heads) {
        for (int i = 0; i < head.tokens().length; i++) {
          boolean competes = head.tokens()[i] >= first && head.tokens()[i] < end;
          head.tiers()[i] = (byte) (competes ? tier : 0);
        }
      }
    }
    return retention;
  }

  private void requireTier(LayerFormat format) {
    Descent.requireApart(name(), format);
    if (tier >= format.tiers()) {
      throw new IllegalArgumentException(
          "'%s' stores tokens at a tier that keys do not have, of %d: choose a smaller tier, or a codec of several, such as Spherical.tiers()."
              .formatted(name(), format.tiers()));
    }
  }
}
