package org.recollect.retrieval.store;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;

/// A memory whose entries leave by a policy, for want of room or with time.
///
/// ```java
/// var memory = BoundedMemory.of(store, MemoryBudget.entries(10), Lru::new, Leaving.TOMBSTONED);
/// memory.write(3, note);        // the ids that left
/// memory.recall("cup");         // counts as a use
/// ```
///
/// What the policy knows, such as when and how often entries were used, lives as long as this
/// object: a store that held entries before counts as written anew, in the order of their writing.
/// All changes to the store go through here, or the policy would not see them. Mutable; does not
/// own the store.
public final class BoundedMemory {
  /// What becomes of entries that leave.
  public enum Leaving {
    /// They stay in the history; see [MemoryStore#tombstone].
    TOMBSTONED,
    /// They are gone for good, and what only they were the source of; see [Derived#UNSUPPORTED].
    FORGOTTEN
  }

  private final MemoryStore store;
  private final MemoryBudget budget;
  private final Eviction eviction;
  private final Leaving leaving;

  private BoundedMemory(
      MemoryStore store, MemoryBudget budget, Eviction eviction, Leaving leaving) {
    this.store = store;
    this.budget = budget;
    this.eviction = eviction;
    this.leaving = leaving;
  }

  /// @param policy from a limit, such as `Lru::new` or `limit -> new WTinyLfu(limit, 0.5, 100)`
  public static BoundedMemory of(
      MemoryStore store, MemoryBudget budget, LongFunction<Eviction> policy, Leaving leaving) {
    var memory = new BoundedMemory(store, budget, policy.apply(budget.limit()), leaving);
    long day = store.clock();
    memory.eviction.advance(day);
    for (var held : store.current()) {
      memory.evict(day, memory.admit(held.note()));
    }
    return memory;
  }

  /// Writes an entry, or updates it where it holds.
  ///
  /// @return the ids of the entries that left
  public Set<String> write(long day, Note note) {
    var gone = advance(day);
    store.put(day, note);
    gone.addAll(evict(day, admit(note)));
    return gone;
  }

  /// As [MemoryStore#merge].
  ///
  /// @return the ids of the entries that left, without the merged ones
  public Set<String> merge(long day, Note into, Collection<String> ids) {
    var gone = advance(day);
    var merged = store.merge(day, into, ids);
    ids.stream().filter(id -> !id.equals(into.id())).forEach(eviction::remove);
    gone.addAll(evict(day, admit(merged.note())));
    return gone;
  }

  /// What an entry says now. Counts as a use of it, or as a use of what was not there.
  public Optional<Version> recall(String id) {
    eviction.read(id);
    return store.current(id);
  }

  /// As [MemoryStore#tombstone].
  public void tombstone(long day, String id) {
    store.tombstone(day, id);
    eviction.remove(id);
  }

  /// As [MemoryStore#forget(Collection, Derived)].
  public Set<String> forget(Collection<String> ids, Derived derived) {
    var gone = store.forget(ids, derived);
    gone.forEach(eviction::remove);
    return gone;
  }

  /// Lets time pass.
  ///
  /// @return the ids of the entries that left, in the order in which they did
  public Set<String> advance(long day) {
    return evict(day, eviction.advance(day));
  }

  private List<String> admit(Note note) {
    return eviction.write(note.id(), budget.weight().applyAsLong(note));
  }

  private Set<String> evict(long day, List<String> ids) {
    var gone = new LinkedHashSet<>(ids);
    if (leaving == Leaving.TOMBSTONED) {
      ids.forEach(id -> store.tombstone(day, id));
    } else if (!ids.isEmpty()) {
      gone.addAll(forget(ids, Derived.UNSUPPORTED));
    }
    return gone;
  }

  /// What is held of the budget, in its unit.
  public long used() {
    return store.current().stream().mapToLong(v -> budget.weight().applyAsLong(v.note())).sum();
  }

  /// The memory itself, for reads that do not count as a use.
  public MemoryStore store() {
    return store;
  }
}
