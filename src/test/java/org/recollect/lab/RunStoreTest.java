package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class RunStoreTest {
  @TempDir Path folder;

  private static Row row(int items) {
    var samples = new LinkedHashMap<String, Sample>();
    var random = new Random(items);
    samples.put("noise", new Sample(Math.PI, random.doubles(items).boxed().toList()));
    samples.put("tiny", new Sample(Double.MIN_VALUE, Collections.nCopies(2, -0.0)));
    return new Row(
        "0123abc",
        "an arm, with \"quotes\"",
        "an arm",
        Settings.NONE.with("budget", 1.0 / 3).with("shape", "2").with("wide", true),
        3,
        samples,
        new Ledger(0.1, 2, 3, 4e18, 5),
        Optional.empty(),
        Set.of("a", "b"));
  }

  @Test
  void whatIsSavedComesBackExactly() {
    try (var store = RunStore.open(folder)) {
      store.save("key", "ToyStudy", row(100));
      store.save("key", "ToyStudy", row(10));
    }
    try (var store = RunStore.open(folder)) {
      assertEquals(row(10), store.find("key").orElseThrow());
      assertTrue(store.find("other").isEmpty());
    }
  }

  @Test
  void twoProcessesMayHoldItOpen() {
    try (var one = RunStore.open(folder);
        var other = RunStore.open(folder)) {
      one.save("1", "ToyStudy", row(1));
      other.save("2", "ToyStudy", row(2));
      assertEquals(row(2), one.find("2").orElseThrow());
      assertEquals(row(1), other.find("1").orElseThrow());
    }
  }

  @Test
  void aLockedStoreIsOneSentence() throws Exception {
    RunStore.open(folder).close();
    var options = RunStore.options();
    options.setProperty("busy_timeout", "1");
    String file = "jdbc:sqlite:" + folder.resolve("runs.sqlite");
    try (var store = RunStore.open(folder, options);
        var other = DriverManager.getConnection(file);
        var statement = other.createStatement()) {
      statement.execute("begin exclusive");
      complains("locked by another process", () -> store.save("key", "ToyStudy", row(1)));
    }
  }

  @Test
  void aDamagedStoreIsOneSentenceAndStaysAsItIs() throws Exception {
    Path file = folder.resolve("runs.sqlite");
    byte[] garbage = new byte[8192];
    new Random(1).nextBytes(garbage);
    Files.write(file, garbage);
    complains("move it aside", () -> RunStore.open(folder));
    assertArrayEquals(garbage, Files.readAllBytes(file));
  }

  @Test
  void aStoreDamagedInTheMiddleKeepsItsBytes() throws Exception {
    try (var store = RunStore.open(folder)) {
      for (int i = 0; i < 50; i++) {
        store.save("key" + i, "ToyStudy", row(200));
      }
    }
    Path file = folder.resolve("runs.sqlite");
    byte[] damaged = Files.readAllBytes(file);
    for (int i = 4096; i < damaged.length; i++) {
      damaged[i] = (byte) 0xee;
    }
    Files.write(file, damaged);
    complains(
        "damaged",
        () -> {
          try (var store = RunStore.open(folder)) {
            store.save("key7", "ToyStudy", row(3));
          }
        });
    assertArrayEquals(damaged, Files.readAllBytes(file));
  }

  @Test
  void aFullDiskIsOneSentenceAndLosesNothing() {
    var options = RunStore.options();
    options.setProperty("max_page_count", "8");
    try (var store = RunStore.open(folder, options)) {
      store.save("small", "ToyStudy", row(1));
      complains("disk is full", () -> store.save("large", "ToyStudy", row(5000)));
      assertEquals(row(1), store.find("small").orElseThrow());
      assertTrue(store.find("large").isEmpty());
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsOneSentence() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    complains("RECOLLECT_HOME", () -> RunStore.open(file.resolve("below")));
  }

  private static void complains(String about, Executable mistake) {
    var e = assertThrows(IllegalStateException.class, mistake);
    assertTrue(e.getMessage().contains(about), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }
}
