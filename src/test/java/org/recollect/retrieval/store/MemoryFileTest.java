package org.recollect.retrieval.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.RandomStream;

/// A memory in a file: what survives, what is refused, and what is really gone.
class MemoryFileTest {
  private static final String SECRET = "the-safe-opens-with-7351";

  @TempDir Path folder;

  private Path file() {
    return folder.resolve("agent.sqlite");
  }

  private static void write(MemoryStore memory, String id, String text, String... sources) {
    memory.write(memory.clock(), Note.of(id, "note", text).from(sources));
  }

  private static void complains(String about, Executable mistake) {
    var message = assertThrows(IllegalStateException.class, mistake).getMessage();
    assertTrue(message.contains(about) && message.contains(": "), message);
    assertFalse(message.contains("\n"), message);
  }

  /// Names of the files in a folder that contain a text.
  private static Set<String> filesWith(Path folder, String text) throws IOException {
    var found = new HashSet<String>();
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        var bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (bytes.contains(text)) {
          found.add(file.getFileName().toString());
        }
      }
    }
    return found;
  }

  @Test
  void aClosedMemoryOpensAgain() {
    List<Version> written;
    try (var memory = MemoryStore.open(file())) {
      write(memory, "a", "tea");
      memory.update(5, Note.of("a", "note", "coffee").carrying(Payload.of((byte) 3)));
      memory.tombstone(9, "a");
      written = memory.history("a");
    }
    try (var memory = MemoryStore.open(file())) {
      assertEquals(written, memory.history("a"));
      assertEquals(9, memory.clock());
    }
  }

  @Test
  void oneProcessAtATimeHoldsIt() {
    var options = MemoryFile.options();
    options.setProperty("busy_timeout", "1");
    try (var memory = MemoryStore.open(file())) {
      complains("another process", () -> MemoryStore.open(file(), options));
      write(memory, "a", "tea");
    }
    try (var memory = MemoryStore.open(file(), options)) {
      complains("another process", () -> MemoryStore.open(file(), options));
      assertEquals(1, memory.size());
    }
  }

  @Test
  void otherFilesAreRefusedAndStayAsTheyAre() throws Exception {
    MemoryStore.open(file()).close();
    sql(file(), "pragma user_version = 7");
    refusedUnchanged("has format 7 and this release reads format 1", file());

    var other = folder.resolve("other.sqlite");
    sql(other, "create table t (x)");
    refusedUnchanged("no memory", other);

    var garbage = folder.resolve("garbage.sqlite");
    Files.writeString(garbage, "no database at all ".repeat(500));
    refusedUnchanged("damaged", garbage);
    complains("cannot be made", () -> MemoryStore.open(garbage.resolve("below").resolve("m")));
    complains("cannot be opened", () -> MemoryStore.open(folder));
  }

  private static void refusedUnchanged(String about, Path file) throws IOException {
    var before = Files.readAllBytes(file);
    complains(about, () -> MemoryStore.open(file));
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  private static void sql(Path file, String statement) throws Exception {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var sql = connection.createStatement()) {
      sql.execute(statement);
    }
  }

  @Test
  void aVersionThatCannotBeReadIsOneSentence() throws Exception {
    try (var memory = MemoryStore.open(file())) {
      write(memory, "a", "tea");
    }
    for (var damage :
        List.of(
            "sources = '[3, {}]'",
            "links = 'x'",
            "ending = 'ODD'",
            "sources = 'null'",
            "id = ''",
            "attributes = '{\"k\":null}'")) {
      sql(file(), "update version set " + damage);
      try (var memory = MemoryStore.open(file())) {
        complains("cannot be read", memory::current);
      }
    }
  }

  @Test
  void aFullDiskIsOneSentenceAndLosesNothing() {
    var options = MemoryFile.options();
    options.setProperty("max_page_count", "12");
    try (var memory = MemoryStore.open(file(), options)) {
      write(memory, "small", "tea");
      complains("disk is full", () -> write(memory, "large", "tea ".repeat(50_000)));
      assertEquals(1, memory.size());
      write(memory, "another", "coffee");
    }
  }

  /// Texts of all lengths, so that pages are split and overflow, and their parts move about.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatIsForgottenIsNowhereInTheFiles(long seed) throws Exception {
    var random = RandomStream.of(seed, "texts");
    try (var memory = MemoryStore.open(file())) {
      for (int i = 0; i < 300; i++) {
        var filler = "x".repeat(random.nextInt(900)) + "y".repeat(i % 40 == 0 ? 9000 : 0);
        boolean secret = i % 3 == 0;
        var text = filler + (secret ? SECRET : "nothing") + filler;
        write(memory, (secret ? "secret " : "plain ") + i, text);
        if (secret && random.nextBoolean()) {
          write(memory, "derived " + i, "so " + SECRET, "secret " + i);
        }
        if (random.nextInt(4) == 0) {
          var id = random.pick(memory.current()).id();
          var more = "z".repeat(random.nextInt(2000));
          memory.update(
              memory.clock(), Note.of(id, "note", memory.current(id).get().text() + more));
        }
      }
      assertFalse(filesWith(folder, SECRET).isEmpty());
      var secrets =
          memory.current().stream().map(Version::id).filter(id -> id.startsWith("secret")).toList();
      var gone = memory.forget(secrets, Derived.ALL);
      assertTrue(gone.containsAll(secrets) && gone.size() > secrets.size());
      assertEquals(Set.of(), filesWith(folder, SECRET));
      assertEquals(Set.of(), filesWith(folder, "secret "));
      assertEquals(
          Set.of(),
          Set.copyOf(memory.current().stream().filter(v -> v.text().contains(SECRET)).toList()));
      assertTrue(memory.size() > 100);
    }
    assertEquals(Set.of(), filesWith(folder, SECRET));
  }

  /// The files as they are at the moment between the deletion and the cleaning.
  @Test
  void aForgetThatWasInterruptedIsFinishedOnOpening() throws Exception {
    var copy = Files.createDirectory(folder.resolve("copy"));
    var original = Files.createDirectory(folder.resolve("original"));
    try (var memory = MemoryStore.open(original.resolve("m"))) {
      write(memory, "a", SECRET);
      write(memory, "b", "tea");
      memory.delete(List.of("a"), Derived.ALL);
      assertFalse(filesWith(original, SECRET).isEmpty());
      try (var files = Files.list(original)) {
        for (var each : files.toList()) {
          Files.copy(each, copy.resolve(each.getFileName()));
        }
      }
    }
    try (var memory = MemoryStore.open(copy.resolve("m"))) {
      assertEquals(Set.of(), filesWith(copy, SECRET));
      assertEquals(1, memory.size());
    }
  }

  /// The child says what it has committed, and goes on writing until it is killed.
  @ParameterizedTest
  @ValueSource(ints = {1, 40, 300})
  void aKilledProcessLosesNoCommittedWrite(int heard) throws Exception {
    var child = child("write");
    int committed = -1;
    try (var lines = reader(child)) {
      while (committed < heard) {
        committed = Integer.parseInt(lines.readLine());
      }
      child.destroyForcibly();
    }
    assertNotEquals(0, child.waitFor());
    try (var memory = MemoryStore.open(file())) {
      for (int i = 0; i <= committed; i++) {
        assertEquals("number " + i, memory.current("entry " + i).orElseThrow().text());
        assertEquals(2, memory.history("entry " + i).size());
      }
      memory.current().forEach(v -> assertEquals(2, v.number()));
    }
  }

  @Test
  void whatAKilledProcessHasForgottenIsNowhereInTheFiles() throws Exception {
    var child = child("forget");
    try (var lines = reader(child)) {
      assertEquals("forgotten", lines.readLine());
      assertEquals(Set.of(), filesWith(folder, SECRET));
      child.destroyForcibly();
    }
    assertNotEquals(0, child.waitFor());
    assertEquals(Set.of(), filesWith(folder, SECRET));
    try (var memory = MemoryStore.open(file())) {
      assertEquals(50, memory.size());
    }
  }

  private Process child(String task) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                task,
                file().toString()))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /// Writes without end, or forgets and waits.
  static final class Child {
    public static void main(String[] arguments) throws IOException {
      try (var memory = MemoryStore.open(Path.of(arguments[1]))) {
        if (arguments[0].equals("write")) {
          for (int i = 0; ; i++) {
            twoVersions(memory, i);
            System.out.println(i);
          }
        }
        for (int i = 0; i < 100; i++) {
          var about = i % 2 == 0 ? "secret" : "plain";
          var text = i % 2 == 0 ? SECRET.repeat(i + 1) : "nothing";
          memory.write(0, Note.of("entry " + i, "note", text).about(about));
        }
        memory.forgetSubject("secret");
        System.out.println("forgotten");
        System.in.read();
      }
    }

    private static void twoVersions(MemoryStore memory, int i) {
      memory.transaction(() -> {
        memory.write(i, Note.of("entry " + i, "note", "draft"));
        return memory.update(i, Note.of("entry " + i, "note", "number " + i));
      });
    }
  }
}
