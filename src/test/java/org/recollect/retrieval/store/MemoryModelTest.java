package org.recollect.retrieval.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.retrieval.store.Version.Ending;
import org.recollect.tensor.RandomStream;

/// Random operations on a memory, and on a model of it that keeps a plain list and scans it.
class MemoryModelTest {
  private static final List<String> IDS =
      List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l");
  private static final List<String> PASSAGES = List.of("p", "q", "r");
  private static final int OPERATIONS = 250;

  /// Every version in the order of writing.
  private List<Version> model = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void theMemoryAgreesWithTheModel(long seed) {
    var random = RandomStream.of(seed, "operations");
    long day = 0;
    try (var memory = MemoryStore.inMemory()) {
      for (int i = 0; i < OPERATIONS; i++) {
        day += random.nextInt(3);
        step(memory, day, random, i);
        var ids = random.pick(IDS);
        assertEquals(model.stream().filter(v -> v.id().equals(ids)).toList(), memory.history(ids));
        long past = random.nextLong(day + 2);
        assertEquals(
            model.stream().filter(v -> v.from() <= past && v.until() > past).toList(),
            memory.asOf(past),
            () -> "seed " + seed + ", as of " + past);
        assertEquals(
            model.stream().filter(v -> v.until() == Version.OPEN).toList(), memory.current());
      }
    }
  }

  private void step(MemoryStore memory, long day, RandomStream random, int turn) {
    var id = random.pick(IDS);
    boolean holds = holds(id);
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3, 4 -> {
        var note = note(id, random, turn);
        memory.put(day, note);
        end(id, day, Ending.UPDATED);
        begin(note, day);
      }
      case 5, 6 -> {
        if (holds) {
          memory.tombstone(day, id);
          end(id, day, Ending.TOMBSTONED);
        }
      }
      case 7 -> {
        var last = model.stream().filter(v -> v.id().equals(id)).reduce((_, next) -> next);
        if (last.isPresent() && last.get().ending() == Ending.TOMBSTONED) {
          memory.restore(day, id);
          begin(last.get().note(), day);
        }
      }
      case 8, 9 -> merge(memory, day, random, turn);
      case 10 -> forget(memory, Set.of(id), Derived.ALL);
      default -> forget(memory, Set.of(random.pick(PASSAGES)), Derived.UNSUPPORTED);
    }
  }

  private Note note(String id, RandomStream random, int turn) {
    var note = Note.of(id, "note", "written in turn " + turn);
    for (int i = random.nextInt(3); i > 0; i--) {
      var source = random.pick(random.nextBoolean() ? IDS : PASSAGES);
      note = source.equals(id) ? note.linkedTo(random.pick(IDS)) : note.from(source);
    }
    return note;
  }

  private void merge(MemoryStore memory, long day, RandomStream random, int turn) {
    var merged = random.shuffle(IDS).stream().filter(this::holds).limit(2).toList();
    var into = random.pick(IDS);
    if (merged.isEmpty() || (holds(into) && !merged.contains(into))) {
      return;
    }
    var note = Note.of(into, "note", "merged in turn " + turn);
    memory.merge(day, note, merged);
    var sources = new ArrayList<String>();
    for (var id : merged) {
      sources.add(id);
      model.stream()
          .filter(v -> v.id().equals(id) && v.current())
          .forEach(v -> sources.addAll(v.note().sources()));
    }
    sources.removeIf(into::equals);
    merged.forEach(id -> end(id, day, Ending.MERGED));
    begin(note.from(sources), day);
  }

  private void forget(MemoryStore memory, Set<String> ids, Derived derived) {
    memory.forget(ids, derived);
    var gone = new HashSet<>(ids);
    boolean more = true;
    while (more) {
      more = false;
      for (var id : IDS) {
        var all = model.stream().filter(v -> v.id().equals(id)).toList();
        boolean any =
            all.stream().anyMatch(v -> v.note().sources().stream().anyMatch(gone::contains));
        boolean whole =
            all.stream()
                .allMatch(
                    v -> !v.note().sources().isEmpty() && gone.containsAll(v.note().sources()));
        if (any && (derived == Derived.ALL || whole)) {
          more |= gone.add(id);
        }
      }
    }
    model.removeIf(v -> gone.contains(v.id()));
    model.removeIf(v -> !v.note().sources().isEmpty() && gone.containsAll(v.note().sources()));
    model.replaceAll(
        v -> new Version(rid(v.note(), gone), v.number(), v.from(), v.until(), v.ending()));
  }

  private static Note rid(Note note, Set<String> gone) {
    var links = note.links().stream().filter(each -> !gone.contains(each)).toArray(String[]::new);
    var sources = note.sources().stream().filter(each -> !gone.contains(each)).toList();
    return Note.of(note.id(), note.kind(), note.text()).from(sources).linkedTo(links);
  }

  private boolean holds(String id) {
    return model.stream().anyMatch(v -> v.id().equals(id) && v.current());
  }

  private void end(String id, long day, Ending ending) {
    model.replaceAll(v ->
        v.id().equals(id) && v.current()
            ? new Version(v.note(), v.number(), v.from(), day, ending)
            : v);
  }

  private void begin(Note note, long day) {
    int last =
        model.stream()
            .filter(v -> v.id().equals(note.id()))
            .mapToInt(Version::number)
            .max()
            .orElse(0);
    model.add(new Version(note, last + 1, day, Version.OPEN, Ending.NONE));
  }
}
