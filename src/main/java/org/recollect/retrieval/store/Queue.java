package org.recollect.retrieval.store;

import java.util.LinkedHashMap;
import java.util.Optional;

/// Keys in an order, with their weights. Mutable.
final class Queue {
  private final LinkedHashMap<String, Long> weights = new LinkedHashMap<>();
  private long total;

  /// Puts a key last; one that is there stays where it is.
  void put(String key, long weight) {
    var before = weights.put(key, weight);
    total += weight - (before == null ? 0 : before);
  }

  /// Puts a key that is there last.
  void renew(String key) {
    weights.putLast(key, weights.get(key));
  }

  /// @return its weight; 0 where it is not there
  long remove(String key) {
    var weight = weights.remove(key);
    total -= weight == null ? 0 : weight;
    return weight == null ? 0 : weight;
  }

  boolean has(String key) {
    return weights.containsKey(key);
  }

  long weight(String key) {
    return weights.getOrDefault(key, 0L);
  }

  long total() {
    return total;
  }

  boolean isEmpty() {
    return weights.isEmpty();
  }

  /// The first key but for one.
  Optional<String> first(String but) {
    return weights.keySet().stream().filter(key -> !key.equals(but)).findFirst();
  }
}
