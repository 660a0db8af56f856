package org.recollect.retrieval.store;

import java.util.ArrayList;
import java.util.List;

/// First in, first out, with merging: a key that is written again keeps its place and makes nothing
/// else leave but for what it weighs more. So KARMA (Wang et al., 2024) replaces the units of its
/// short-term memory; that the place is kept is inferred.
public final class Fifo implements Eviction {
  private final Limit limit;
  private final Queue queue = new Queue();

  /// @param limit of all weights, at least 1
  public Fifo(long limit) {
    this.limit = new Limit(limit);
  }

  @Override
  public List<String> write(String key, long weight) {
    if (!limit.admits(key, weight)) {
      remove(key);
      return List.of(key);
    }
    queue.put(key, weight);
    var leaving = new ArrayList<String>();
    while (queue.total() > limit.weight()) {
      var first = queue.first(key).orElseThrow();
      remove(first);
      leaving.add(first);
    }
    return leaving;
  }

  @Override
  public void read(String key) {}

  @Override
  public void remove(String key) {
    queue.remove(key);
  }
}
