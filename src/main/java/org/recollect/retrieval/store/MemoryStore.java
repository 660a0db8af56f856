package org.recollect.retrieval.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.recollect.retrieval.store.Version.Ending;

/// The versioned memory of an agent: entries with their provenance and all that they ever said, in
/// one SQLite file or in memory.
///
/// ```java
/// try (var memory = MemoryStore.open(Path.of("agent.sqlite"))) {
///   memory.write(3, Note.of("f1", "fact", "Ada lives in Rome.").about("Ada", "city", "Rome"));
///   memory.update(9, Note.of("f1", "fact", "Ada lives in Oslo.").about("Ada", "city", "Oslo"));
///   memory.find(Selection.all().about("Ada").asOf(5));   // Rome
///   memory.forget("f1");                                 // and nothing of it is left in the file
/// }
/// ```
///
/// Time is a day of at least 0 that the caller counts from wherever it likes, never the wall clock,
/// and does not run backwards; so what was read as of an earlier day stays so, but for what is
/// forgotten. What has been written survives a killed process. Mutable; owns a database connection;
/// for one process and one thread at a time. Whatever fails leaves all as it was.
public final class MemoryStore implements AutoCloseable {
  private final MemoryFile file;
  private final VersionTable versions;
  private long clock;

  private MemoryStore(MemoryFile file) {
    this.file = file;
    this.versions = new VersionTable(file);
    this.clock =
        file.read(() ->
            file.number(
                "select max(max(begins, case ending when 'NONE' then begins else ends end)) from version"));
  }

  /// Opens or makes a memory in a file, and finishes a forget that a killed process has left
  /// unfinished.
  ///
  /// @throws IllegalStateException when the file is damaged, is no memory or one of another format,
  ///   is open elsewhere, or cannot be written
  public static MemoryStore open(Path file) {
    return open(file, MemoryFile.options());
  }

  /// As SQLite's pragmas.
  static MemoryStore open(Path file, Properties options) {
    return new MemoryStore(MemoryFile.open(file, options));
  }

  /// A memory that ends when it is closed.
  public static MemoryStore inMemory() {
    return new MemoryStore(MemoryFile.inMemory());
  }

  /// Writes an entry that does not hold yet; one that was there before and was tombstoned or merged
  /// goes on with a new version.
  ///
  /// @throws IllegalArgumentException when an entry of this id holds, or the day is before [#clock]
  public Version write(long day, Note note) {
    return at(
        day,
        () -> {
          if (versions.current(note.id()).isPresent()) {
            throw new IllegalArgumentException(
                "The memory has an entry '%s' already: update it, or give the new one another id."
                    .formatted(note.id()));
          }
          return add(day, note);
        });
  }

  /// Puts a new version in place of the one that holds; the old one stays in the history.
  ///
  /// @throws IllegalArgumentException when no entry of this id holds, or the day is before [#clock]
  public Version update(long day, Note note) {
    return at(
        day,
        () -> {
          held(note.id());
          versions.end(note.id(), day, Ending.UPDATED);
          return add(day, note);
        });
  }

  /// Updates the entry where it holds and writes it where it does not.
  ///
  /// @throws IllegalArgumentException when the day is before [#clock]
  public Version put(long day, Note note) {
    return at(day, () -> current(note.id()).isPresent() ? update(day, note) : write(day, note));
  }

  /// Makes one entry of several. They end, and what they were made from, and they themselves, join
  /// the sources of the one.
  ///
  /// @param into what they become, a new entry or one of them
  /// @throws IllegalArgumentException when one of them does not hold, there are none, or the day is
  ///   before [#clock]
  public Version merge(long day, Note into, Collection<String> ids) {
    if (ids.isEmpty()) {
      throw new IllegalArgumentException(
          "Nothing is to be merged into '%s': name at least one entry.".formatted(into.id()));
    }
    return at(
        day,
        () -> {
          var united = into;
          for (var id : List.copyOf(new LinkedHashSet<>(ids))) {
            var sources = held(id).note().sources();
            versions.end(id, day, Ending.MERGED);
            united = united.from(others(into.id(), List.of(id))).from(others(into.id(), sources));
          }
          return write(day, united);
        });
  }

  private static List<String> others(String id, List<String> ids) {
    return ids.stream().filter(each -> !each.equals(id)).toList();
  }

  /// Takes an entry out of all reads from a day on; its history stays, and [#restore] brings it
  /// back.
  ///
  /// @throws IllegalArgumentException when it does not hold, or the day is before [#clock]
  public void tombstone(long day, String id) {
    at(
        day,
        () -> {
          held(id);
          versions.end(id, day, Ending.TOMBSTONED);
          return null;
        });
  }

  /// Brings a tombstoned entry back, with what it said last.
  ///
  /// @throws IllegalArgumentException when it is not tombstoned, or the day is before [#clock]
  public Version restore(long day, String id) {
    return at(
        day,
        () -> {
          var history = versions.history(id);
          if (history.isEmpty() || history.getLast().ending() != Ending.TOMBSTONED) {
            throw new IllegalArgumentException(
                "The memory has no tombstone of '%s' to restore: look at its history."
                    .formatted(id));
          }
          return add(day, history.getLast().note());
        });
  }

  /// Deletes an entry for good, and all that was made from it; see [#forget(Collection, Derived)].
  public Set<String> forget(String id) {
    return forget(List.of(id), Derived.ALL);
  }

  /// Deletes for good all entries that were ever about a subject, and all that was made from them;
  /// see [#forget(Collection, Derived)].
  public Set<String> forgetSubject(String subject) {
    var about =
        file.read(versions::all).stream()
            .filter(version -> version.note().subject().equals(subject))
            .map(Version::id)
            .collect(Collectors.toSet());
    return forget(about, Derived.ALL);
  }

  /// Deletes entries for good, all their versions, and entries that were made from them. When this
  /// returns, nothing of them is left in any file of the memory, nor is their id among the sources
  /// or links of others. It rebuilds the file, which takes time in proportion to its size, and is a
  /// transaction of its own.
  ///
  /// @param ids of entries, or of passages outside the memory that entries were made from
  /// @return the ids of the entries that are gone, or have lost the version that held, so that an
  ///   index beside the memory can drop them
  /// @throws IllegalStateException within [#transaction]
  public Set<String> forget(Collection<String> ids, Derived derived) {
    if (file.inTransaction()) {
      throw new IllegalStateException(
          "A forget is a transaction of its own: call it before or after the other one.");
    }
    var deleted = delete(ids, derived);
    file.clean();
    return deleted;
  }

  /// All of a forget but the cleaning of the file.
  Set<String> delete(Collection<String> ids, Derived derived) {
    return file.transaction(() -> {
      var all = versions.all();
      var gone = new Provenance(all).forgotten(ids, derived);
      var deleted = new LinkedHashSet<String>();
      for (var version : all) {
        var rest = version.note().without(gone);
        if (gone.contains(version.id())) {
          versions.delete(version);
          deleted.add(version.id());
        } else if (Provenance.unsupported(version, gone)) {
          versions.delete(version);
          if (version.current()) {
            deleted.add(version.id());
          }
        } else if (!rest.equals(version.note())) {
          versions.relate(version, rest);
        }
      }
      file.announceCleaning();
      return deleted;
    });
  }

  /// Does several operations as one: all of them, or, where one throws, none. One within another is
  /// part of it.
  public <T> T transaction(Supplier<T> operations) {
    long before = clock;
    try {
      return file.transaction(operations::get);
    } catch (RuntimeException | Error e) {
      clock = before;
      throw e;
    }
  }

  /// What an entry says now; empty where it does not hold.
  public Optional<Version> current(String id) {
    return file.read(() -> versions.current(id));
  }

  /// All that holds now, in the order of writing.
  public List<Version> current() {
    return find(Selection.all());
  }

  /// All that held at the end of a day, in the order of writing.
  public List<Version> asOf(long day) {
    return find(Selection.all().asOf(day));
  }

  /// The entries that match, in the order of writing.
  public List<Version> find(Selection wanted) {
    return file.read(() -> versions.find(wanted));
  }

  /// All versions of an entry, oldest first; empty where there was none or it is forgotten.
  public List<Version> history(String id) {
    return file.read(() -> versions.history(id));
  }

  /// Entries that hold now and contradict each other: equal subject and relation, but different
  /// [Note#claim claims].
  ///
  /// @param functional the relations that have one value at a time, such as `city`
  public List<Contradiction> contradictions(Set<String> functional) {
    var claims = new LinkedHashMap<List<String>, List<Version>>();
    for (var version : current()) {
      var note = version.note();
      if (functional.contains(note.relation()) && !note.subject().isEmpty()) {
        claims
            .computeIfAbsent(List.of(note.subject(), note.relation()), _ -> new ArrayList<>())
            .add(version);
      }
    }
    return claims.entrySet().stream()
        .filter(each -> each.getValue().stream().map(v -> v.note().claim()).distinct().count() > 1)
        .map(each ->
            new Contradiction(each.getKey().getFirst(), each.getKey().getLast(), each.getValue()))
        .toList();
  }

  /// The latest day that anything was written or ended; 0 for an empty memory.
  public long clock() {
    return clock;
  }

  /// How many entries hold now.
  public int size() {
    return (int) count("select count(*) from version where ends = " + Version.OPEN);
  }

  /// Size of all that is held, history included: the fields of all versions in UTF-8, and their
  /// payloads, without what the file adds for pages and indexes.
  public long bytes() {
    return count("select coalesce(sum(bytes), 0) from version");
  }

  private long count(String sql) {
    return file.read(() -> file.number(sql));
  }

  private <T> T at(long day, MemoryFile.Step<T> step) {
    if (day < clock || day == Version.OPEN) {
      throw new IllegalArgumentException(
          "Day %d is before day %d, when the memory was last written, or has no end: give that day or a later one."
              .formatted(day, clock));
    }
    var result = file.transaction(step);
    clock = day;
    return result;
  }

  private Version held(String id) throws SQLException {
    return versions
        .current(id)
        .orElseThrow(() ->
            new IllegalArgumentException(
                "The memory has no entry '%s' that holds: write it first, or look at its history."
                    .formatted(id)));
  }

  private Version add(long day, Note note) throws SQLException {
    var version = new Version(note, versions.last(note.id()) + 1, day, Version.OPEN, Ending.NONE);
    versions.insert(version);
    return version;
  }

  @Override
  public void close() {
    file.close();
  }
}
