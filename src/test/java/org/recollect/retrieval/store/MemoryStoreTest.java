package org.recollect.retrieval.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recollect.retrieval.store.Version.Ending;

class MemoryStoreTest {
  private final MemoryStore memory = MemoryStore.inMemory();

  @AfterEach
  void close() {
    memory.close();
  }

  private static Note fact(String id, String subject, String relation, String value) {
    return Note.of(id, "fact", subject + " has " + value).about(subject, relation, value);
  }

  private static List<String> ids(List<Version> versions) {
    return versions.stream().map(Version::id).toList();
  }

  private static List<String> texts(List<Version> versions) {
    return versions.stream().map(Version::text).toList();
  }

  private static void refused(String about, Runnable mistake) {
    var message = assertThrows(IllegalArgumentException.class, mistake::run).getMessage();
    assertTrue(message.contains(about) && message.contains(": "), message);
  }

  @Test
  void allThatANoteHasComesBack() {
    var note =
        Note.of("n", "note", "caf\u00e9 \ud83c\udf0d \0 'quoted' \"twice\"")
            .about("s", "r", "v")
            .in("session 1")
            .with("importance", "7")
            .with("keywords", "a, b")
            .from("passage 1", "turn 2")
            .linkedTo("m")
            .carrying(Payload.of((byte) 0, (byte) -1));
    memory.write(3, note);
    assertEquals(new Version(note, 1, 3, Version.OPEN, Ending.NONE), memory.current("n").get());
    assertEquals(note.bytes(), memory.bytes());
    assertEquals(1, memory.size());
    assertTrue(memory.current("m").isEmpty());
  }

  /// UTF-8: 1 + 4 + 5 for the first three, 1 + 2 for the attribute, 2 for the source, 3 of payload.
  @Test
  void bytesCountAllFields() {
    var note = Note.of("n", "note", "caf\u00e9").with("k", "vw").from("t1");
    assertEquals(15, note.bytes());
    assertEquals(18, note.carrying(Payload.of(new byte[3])).bytes());
  }

  @Test
  void anUpdateEndsTheOldVersion() {
    memory.write(3, fact("f", "Ada", "city", "Rome"));
    memory.update(9, fact("f", "Ada", "city", "Oslo"));
    assertEquals(List.of("Ada has Oslo"), texts(memory.current()));
    assertEquals(List.of(), memory.asOf(2));
    assertEquals(List.of("Ada has Rome"), texts(memory.asOf(8)));
    assertEquals(List.of("Ada has Oslo"), texts(memory.asOf(9)));
    var history = memory.history("f");
    assertEquals(List.of(3L, 9L), history.stream().map(Version::from).toList());
    assertEquals(List.of(9L, Version.OPEN), history.stream().map(Version::until).toList());
    assertEquals(Ending.UPDATED, history.getFirst().ending());
    assertTrue(history.getFirst().held(8) && !history.getFirst().held(9));
  }

  @Test
  void selectionsMatchAllThatIsGiven() {
    memory.write(1, fact("a", "Ada", "city", "Rome").in("one"));
    memory.write(1, fact("b", "Ada", "job", "baker").in("two"));
    memory.write(2, Note.of("c", "turn", "Hi, I am Bob.").about("Bob").in("one"));
    memory.tombstone(4, "a");
    assertEquals(List.of("b"), ids(memory.find(Selection.all().about("Ada"))));
    assertEquals(List.of("a", "b"), ids(memory.find(Selection.all().about("Ada").asOf(3))));
    assertEquals(List.of("a"), ids(memory.find(Selection.all().relation("city").asOf(3))));
    assertEquals(List.of("c"), ids(memory.find(Selection.all().kind("turn"))));
    assertEquals(List.of("a", "c"), ids(memory.find(Selection.all().in("one").asOf(2))));
    assertEquals(List.of(), memory.find(Selection.all().kind("turn").about("Ada")));
  }

  @Test
  void aMergeUnitesProvenance() {
    memory.write(1, Note.of("a", "topic", "likes tea").from("t1", "t2"));
    memory.write(1, Note.of("b", "topic", "likes green tea").from("t2", "t3"));
    memory.write(1, Note.of("c", "topic", "has a cat").from("t4"));
    var merged = memory.merge(2, Note.of("d", "topic", "likes green tea"), List.of("a", "b"));
    assertEquals(List.of("a", "t1", "t2", "b", "t3"), merged.note().sources());
    assertEquals(List.of("c", "d"), ids(memory.current()));
    assertEquals(Ending.MERGED, memory.history("a").getFirst().ending());

    var again = memory.merge(3, Note.of("d", "topic", "tea and a cat"), List.of("d", "c"));
    assertEquals(2, again.number());
    assertEquals(List.of("a", "t1", "t2", "b", "t3", "c", "t4"), again.note().sources());
    assertEquals(List.of("d"), ids(memory.current()));
  }

  @Test
  void aMergeThatFailsChangesNothing() {
    memory.write(1, Note.of("a", "topic", "tea"));
    memory.write(1, Note.of("b", "topic", "cats"));
    memory.transaction(() -> {
      refused("none", () -> memory.merge(2, Note.of("d", "topic", "x"), List.of("a", "none")));
      refused("'b' already", () -> memory.merge(2, Note.of("b", "topic", "x"), List.of("a")));
      refused("Nothing", () -> memory.merge(2, Note.of("b", "topic", "x"), List.of()));
      return memory.write(2, Note.of("c", "topic", "dogs"));
    });
    assertEquals(List.of("a", "b", "c"), ids(memory.current()));
    assertEquals(1, memory.history("a").size());
  }

  @Test
  void aTombstoneIsReversible() {
    memory.write(1, Note.of("a", "fact", "tea"));
    memory.tombstone(2, "a");
    assertEquals(List.of(), memory.current());
    assertEquals(List.of("tea"), texts(memory.asOf(1)));
    refused("'a'", () -> memory.update(2, Note.of("a", "fact", "x")));
    refused("'a'", () -> memory.tombstone(2, "a"));
    memory.restore(5, "a");
    assertEquals(List.of("tea"), texts(memory.current()));
    assertEquals(List.of(), memory.asOf(4));
    refused("no tombstone", () -> memory.restore(5, "a"));

    memory.tombstone(6, "a");
    assertEquals(3, memory.write(7, Note.of("a", "fact", "coffee")).number());
  }

  @Test
  void timeDoesNotRunBackwards() {
    memory.write(5, Note.of("a", "fact", "tea"));
    refused("day 5", () -> memory.write(4, Note.of("b", "fact", "x")));
    refused("day 5", () -> memory.tombstone(4, "a"));
    refused("no end", () -> memory.write(Version.OPEN, Note.of("b", "fact", "x")));
    memory.tombstone(8, "a");
    assertEquals(8, memory.clock());
  }

  @Test
  void contradictionsAreOfFunctionalRelationsOnly() {
    memory.write(1, fact("a", "Ada", "city", "Rome"));
    memory.write(1, fact("b", "Ada", "city", "Rome"));
    memory.write(1, fact("c", "Ada", "friend", "Bob"));
    memory.write(1, fact("d", "Ada", "friend", "Cleo"));
    memory.write(1, fact("e", "Bob", "city", "Oslo"));
    assertEquals(List.of(), memory.contradictions(Set.of("city")));
    memory.write(2, fact("f", "Ada", "city", "Oslo"));
    var found = memory.contradictions(Set.of("city"));
    assertEquals(1, found.size());
    assertEquals("Ada", found.getFirst().subject());
    assertEquals(List.of("a", "b", "f"), ids(found.getFirst().entries()));
    assertEquals(2, memory.contradictions(Set.of("city", "friend")).size());
    memory.update(3, fact("a", "Ada", "city", "Oslo"));
    memory.tombstone(3, "b");
    assertEquals(List.of(), memory.contradictions(Set.of("city")));
  }

  @Test
  void forgettingTakesAllThatWasMadeFromIt() {
    memory.write(1, Note.of("turn", "turn", "I live in Rome."));
    memory.write(1, Note.of("other", "turn", "I like tea."));
    memory.write(1, Note.of("fact", "fact", "lives in Rome").from("turn"));
    memory.write(2, Note.of("summary", "summary", "Rome, tea").from("fact", "other"));
    memory.write(2, Note.of("bystander", "note", "a note").linkedTo("fact", "other"));
    memory.update(3, Note.of("fact", "fact", "lives in Oslo").from("turn 2"));
    assertEquals(Set.of("turn", "fact", "summary"), memory.forget("turn"));
    assertEquals(List.of("other", "bystander"), ids(memory.current()));
    assertEquals(List.of(), memory.history("fact"));
    assertEquals(List.of("other"), memory.current("bystander").get().note().links());
  }

  @Test
  void whatHasAnotherSourceMayStay() {
    memory.write(1, Note.of("one", "fact", "lives in Rome").from("passage 1"));
    memory.write(1, Note.of("two", "fact", "said twice").from("passage 1", "passage 2"));
    memory.write(1, Note.of("three", "fact", "first version").from("passage 1"));
    memory.update(2, Note.of("three", "fact", "second version").from("passage 2"));
    memory.write(2, Note.of("own", "fact", "written by hand"));
    memory.write(2, Note.of("four", "summary", "of one").from("one"));
    memory.write(2, Note.of("five", "summary", "of all").from("one", "two"));
    assertEquals(Set.of("one", "four"), memory.forget(List.of("passage 1"), Derived.UNSUPPORTED));
    assertEquals(List.of("two", "three", "own", "five"), ids(memory.current()));
    assertEquals(List.of("passage 2"), memory.current("two").get().note().sources());
    assertEquals(List.of("two"), memory.current("five").get().note().sources());
    assertEquals(List.of("second version"), texts(memory.history("three")));
    assertEquals(2, memory.history("three").getFirst().number());
    long bytes = memory.find(Selection.all()).stream().mapToLong(v -> v.note().bytes()).sum();
    assertEquals(bytes, memory.bytes());
  }

  @Test
  void aCircleOfSourcesIsForgottenWhole() {
    memory.write(1, Note.of("a", "note", "a"));
    memory.write(1, Note.of("b", "note", "b").from("a"));
    memory.update(2, Note.of("a", "note", "a, seen b").from("b"));
    assertEquals(Set.of("a", "b"), memory.forget("b"));
    assertEquals(0, memory.bytes());
  }

  @Test
  void aSubjectIsForgottenInAllVersions() {
    memory.write(1, fact("a", "Ada", "city", "Rome"));
    memory.update(2, fact("a", "Bob", "city", "Rome"));
    memory.write(2, fact("b", "Bob", "city", "Oslo"));
    assertEquals(Set.of("a"), memory.forgetSubject("Ada"));
    assertEquals(Set.of(), memory.forgetSubject("Cleo"));
    assertEquals(List.of("b"), ids(memory.current()));
  }

  @Test
  void aTransactionIsWholeOrNothing() {
    memory.write(1, Note.of("a", "fact", "tea"));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            memory.transaction(() -> {
              memory.update(7, Note.of("a", "fact", "coffee"));
              memory.write(8, Note.of("b", "fact", "milk"));
              return memory.write(8, Note.of("b", "fact", "again"));
            }));
    assertEquals(List.of("tea"), texts(memory.current()));
    assertEquals(1, memory.clock());
    assertThrows(IllegalStateException.class, () -> memory.transaction(() -> memory.forget("a")));
    assertFalse(memory.current("a").isEmpty());
  }

  @Test
  void notesAreChecked() {
    refused("id and a kind", () -> Note.of(" ", "fact", "x"));
    refused("id and a kind", () -> Note.of("a", "", "x"));
    refused("itself", () -> Note.of("a", "fact", "x").from("a"));
    refused("half of a character", () -> Note.of("a", "fact", "\ud800"));
    refused("half of a character", () -> Note.of("a", "fact", "x").with("k", "\udc00"));
  }
}
