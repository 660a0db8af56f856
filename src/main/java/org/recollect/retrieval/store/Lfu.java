package org.recollect.retrieval.store;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Least frequently used: the key leaves that has been written and read the fewest times since it
/// entered, among equals the one whose last use is longest ago.
public final class Lfu implements Eviction {
  private record Use(String key, long weight, long count, long last) {}

  private static final Comparator<Use> RARER =
      Comparator.comparingLong(Use::count).thenComparingLong(Use::last);

  private final Limit limit;
  private final Map<String, Use> uses = new HashMap<>();
  private final TreeSet<Use> ranking = new TreeSet<>(RARER);
  private long total;
  private long clock;

  /// @param limit of all weights, at least 1
  public Lfu(long limit) {
    this.limit = new Limit(limit);
  }

  @Override
  public List<String> write(String key, long weight) {
    if (!limit.admits(key, weight)) {
      remove(key);
      return List.of(key);
    }
    var before = uses.get(key);
    remove(key);
    var leaving = new ArrayList<String>();
    while (total + weight > limit.weight()) {
      leaving.add(ranking.first().key());
      remove(leaving.getLast());
    }
    add(new Use(key, weight, before == null ? 1 : before.count() + 1, clock++));
    return leaving;
  }

  @Override
  public void read(String key) {
    var use = uses.get(key);
    if (use != null) {
      remove(key);
      add(new Use(key, use.weight(), use.count() + 1, clock++));
    }
  }

  @Override
  public void remove(String key) {
    var use = uses.remove(key);
    if (use != null) {
      ranking.remove(use);
      total -= use.weight();
    }
  }

  private void add(Use use) {
    uses.put(use.key(), use);
    ranking.add(use);
    total += use.weight();
  }
}
