package org.recollect.retrieval.store;

import java.util.ArrayList;
import java.util.List;

/// Least recently used: the key leaves whose last write or read is longest ago.
public final class Lru implements Eviction {
  private final Limit limit;
  private final Queue queue = new Queue();

  /// @param limit of all weights, at least 1
  public Lru(long limit) {
    this.limit = new Limit(limit);
  }

  @Override
  public List<String> write(String key, long weight) {
    if (!limit.admits(key, weight)) {
      remove(key);
      return List.of(key);
    }
    queue.put(key, weight);
    queue.renew(key);
    var leaving = new ArrayList<String>();
    while (queue.total() > limit.weight()) {
      var oldest = queue.first(key).orElseThrow();
      remove(oldest);
      leaving.add(oldest);
    }
    return leaving;
  }

  @Override
  public void read(String key) {
    if (queue.has(key)) {
      queue.renew(key);
    }
  }

  @Override
  public void remove(String key) {
    queue.remove(key);
  }
}
