package org.recollect.retrieval.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recollect.retrieval.store.BoundedMemory.Leaving;
import org.recollect.tensor.RandomStream;

class BoundedMemoryTest {
  private final MemoryStore store = MemoryStore.inMemory();

  @AfterEach
  void close() {
    store.close();
  }

  private static Note note(String id, String text) {
    return Note.of(id, "note", text);
  }

  private List<String> held() {
    return store.current().stream().map(Version::id).toList();
  }

  @Test
  void whatLeavesIsTombstonedOrForgotten() {
    var memory = BoundedMemory.of(store, MemoryBudget.entries(2), Lru::new, Leaving.TOMBSTONED);
    memory.write(1, note("a", "x"));
    memory.write(1, note("b", "x"));
    memory.recall("a");
    assertEquals(Set.of("b"), memory.write(2, note("c", "x")));
    assertEquals(List.of("a", "c"), held());
    assertEquals(Version.Ending.TOMBSTONED, store.history("b").getFirst().ending());

    var strict = BoundedMemory.of(store, MemoryBudget.entries(2), Fifo::new, Leaving.FORGOTTEN);
    strict.write(3, note("c", "y").from("a", "passage"));
    assertEquals(Set.of("a"), strict.write(4, note("d", "x")));
    assertEquals(List.of(), store.history("a"));
    assertEquals(List.of("c", "d"), held());
  }

  /// The policy knows that a summary has gone with its only source, and lets two more in.
  @Test
  void whatIsForgottenWithItsSourceMakesRoom() {
    var memory = BoundedMemory.of(store, MemoryBudget.entries(3), Fifo::new, Leaving.FORGOTTEN);
    memory.write(1, note("turn", "x"));
    memory.write(1, note("summary", "by hand"));
    memory.write(1, note("summary", "of the turn").from("turn"));
    memory.write(1, note("other", "x"));
    assertEquals(Set.of("turn", "summary"), memory.write(2, note("more", "x")));
    assertEquals(Set.of(), memory.write(2, note("last", "x")));
    assertEquals(List.of("other", "more", "last"), held());
    assertEquals(1, store.history("summary").size());
  }

  /// Two words and three leave room for one more of six; the text of four drives out the first.
  @Test
  void budgetsAreInWordsTokensOrBytes() {
    var memory = BoundedMemory.of(store, MemoryBudget.words(6), Fifo::new, Leaving.TOMBSTONED);
    memory.write(1, note("a", " one  two "));
    memory.write(1, note("b", "one two\nthree"));
    memory.write(1, note("c", "one"));
    assertEquals(6, memory.used());
    assertEquals(Set.of("a", "b"), memory.write(1, note("d", "one two three four")));
    assertEquals(5, memory.used());
    assertEquals(Set.of("e"), memory.write(1, note("e", "1 2 3 4 5 6 7")));
    assertEquals(0, MemoryBudget.words(1).weight().applyAsLong(note("a", " ")));
    assertEquals(3, MemoryBudget.tokens(1, String::length).weight().applyAsLong(note("a", "abc")));
    assertEquals(7, MemoryBudget.bytes(1).weight().applyAsLong(note("a", "\u00e9")));
  }

  @Test
  void anOpenedStoreIsHeldToTheBudget() {
    for (var id : List.of("a", "b", "c")) {
      store.write(1, note(id, "x"));
    }
    BoundedMemory.of(store, MemoryBudget.entries(2), Lfu::new, Leaving.TOMBSTONED);
    assertEquals(List.of("b", "c"), held());
  }

  @Test
  void timeTakesWhatIsNotRecalled() {
    var memory =
        BoundedMemory.of(
            store, MemoryBudget.unlimited(), _ -> Decay.below(0.3), Leaving.TOMBSTONED);
    memory.write(1, note("a", "x"));
    memory.write(1, note("b", "x"));
    memory.advance(2);
    assertEquals("x", memory.recall("b").orElseThrow().text());
    assertEquals(Set.of("a"), memory.advance(3));
    assertEquals(Set.of("b"), memory.write(5, note("c", "x")));
    assertEquals(List.of("c"), held());
  }

  @Test
  void mergedAndRemovedEntriesMakeRoom() {
    var memory = BoundedMemory.of(store, MemoryBudget.entries(3), Fifo::new, Leaving.TOMBSTONED);
    for (var id : List.of("a", "b", "c")) {
      memory.write(1, note(id, "x"));
    }
    assertEquals(Set.of(), memory.merge(2, note("b", "xx"), List.of("a", "b")));
    assertEquals(Set.of(), memory.write(2, note("d", "x")));
    memory.tombstone(2, "c");
    assertEquals(Set.of(), memory.write(3, note("e", "x")));
    assertEquals(Set.of("d"), memory.forget(List.of("d"), Derived.ALL));
    assertEquals(Set.of(), memory.write(4, note("f", "x")));
    assertEquals(List.of("b", "e", "f"), held());
  }

  @ParameterizedTest
  @EnumSource
  void theBudgetHoldsWhateverIsDone(Leaving leaving) {
    var random = RandomStream.of(5, "writes");
    var memory =
        BoundedMemory.of(
            store, MemoryBudget.words(40), limit -> new WTinyLfu(limit, 0.5, 100), leaving);
    for (int day = 0; day < 150; day++) {
      var note = note("id " + random.nextInt(30), "word ".repeat(random.nextInt(1, 12)));
      memory.write(day, random.nextInt(3) == 0 ? note.from("id " + (30 + day)) : note);
      memory.recall("id " + random.nextInt(30));
      assertTrue(memory.used() <= 40, "day " + day);
    }
    assertTrue(memory.used() > 20);
  }
}
