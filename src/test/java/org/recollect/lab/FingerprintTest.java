package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import jdk.jshell.JShell;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.lab.ToyStudy.Estimator;

class FingerprintTest {
  @TempDir Path folder;

  @BeforeEach
  void quiet() {
    Progress.showIn(progress -> {});
  }

  @Test
  void differentContentDiffers() {
    assertNotEquals(Fingerprint.of("ab", "c"), Fingerprint.of("a", "bc"));
    assertNotEquals(Fingerprint.of("1"), Fingerprint.of(1));
    assertNotEquals(Fingerprint.of(true), Fingerprint.of("true"));
    assertNotEquals(Fingerprint.of(List.of(1, 2), 3), Fingerprint.of(List.of(1), 2, 3));
    assertNotEquals(Fingerprint.of(0.1), Fingerprint.of(0.1f));
    assertNotEquals(Fingerprint.of((Object) null), Fingerprint.of("null"));
    assertNotEquals(Fingerprint.of(Scale.SMOKE), Fingerprint.of("SMOKE"));
    assertNotEquals(
        Fingerprint.of(new Interval(0, 1)), Fingerprint.of(new Interval(0, Math.nextUp(1))));
  }

  @Test
  void equalContentAgrees() {
    assertEquals(Fingerprint.of(2), Fingerprint.of(2.0));
    assertEquals(Fingerprint.of(2L), Fingerprint.of(2));
    var random = new Random(7);
    var there = new LinkedHashMap<String, Integer>();
    random.ints(20).forEach(number -> there.put("key" + number, number));
    var back = new LinkedHashMap<String, Integer>();
    there.sequencedEntrySet().reversed().forEach(e -> back.put(e.getKey(), e.getValue()));
    assertEquals(Fingerprint.of(there), Fingerprint.of(back));
    assertTrue(Fingerprint.of("x").matches("[0-9a-f]{64}"));
  }

  private static final class Model implements Configured {
    private final String name;

    Model(String name) {
      this.name = name;
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of("name", name);
    }
  }

  private record Using(Model model) {}

  @Test
  void whatIsConfiguredIsWhatItSays() {
    var hash = Fingerprint.of(new Using(new Model("a")));
    assertEquals(hash, Fingerprint.of(new Using(new Model("a"))));
    assertNotEquals(hash, Fingerprint.of(new Using(new Model("b"))));
  }

  @Test
  void contentThatCannotBeSeenIsRefused() {
    var e =
        assertThrows(
            IllegalArgumentException.class, () -> Fingerprint.of(Map.of("random", new Random())));
    assertTrue(e.getMessage().contains("java.util.Random"), e.getMessage());
  }

  @Test
  void aFunctionStandsForItselfInThisProcess() {
    IntUnaryOperator square = x -> x * x;
    assertEquals(Fingerprint.of(square), Fingerprint.of(square));
    assertNotEquals(Fingerprint.of(square), Fingerprint.of("square"));
  }

  @Test
  void changedCodeOfTheLibraryChangesItsDigest() throws IOException {
    Path lab = Files.createDirectories(folder.resolve("org/recollect/lab"));
    Path shown = Files.createDirectories(folder.resolve("org/recollect/notebook"));
    Files.write(lab.resolve("Study.class"), new byte[] {1, 2, 3});
    Files.write(shown.resolve("Renderer.class"), new byte[] {4, 5});
    String before = Fingerprint.classes(folder);
    Files.write(shown.resolve("Renderer.class"), new byte[] {6});
    assertEquals(before, Fingerprint.classes(folder), "the notebook side cannot change a row");
    Files.write(lab.resolve("Study.class"), new byte[] {1, 2, 4});
    String changed = Fingerprint.classes(folder);
    assertNotEquals(before, changed);
    Files.move(lab.resolve("Study.class"), lab.resolve("Other.class"));
    assertNotEquals(changed, Fingerprint.classes(folder));
  }

  @Test
  void theLibraryIsFoundAndItsClassesShareADigest() {
    assertTrue(Fingerprint.library().matches("[0-9a-f]{64}"));
    assertEquals(Fingerprint.code(Measure.class), Fingerprint.code(Results.class));
    assertNotEquals(Fingerprint.code(ToyStudy.class), Fingerprint.code(FingerprintTest.class));
  }

  /// An arm that a reader writes in a cell is no class of the library, so its own code counts.
  @Test
  void codeTypedInACellCounts() {
    assertEquals(typed("a + 1", 3), typed("a + 1", 3));
    assertNotEquals(typed("a + 1", 3), typed("a + 1", 4));
    assertNotEquals(typed("a + 1", 3), typed("a + 2", 3));
  }

  /// The digest of a record whose class was compiled from a cell.
  private static String typed(String body, int content) {
    try (var shell = JShell.builder().executionEngine("local").build()) {
      shell.eval("record Mine(int a) { int next() { return " + body + "; } }");
      shell.eval("System.getProperties().put(\"typed\", new Mine(" + content + "))");
      return Fingerprint.of(System.getProperties().remove("typed"));
    }
  }

  /// Every ingredient of a trial: changing it runs the trial again, changing it back serves it.
  @Test
  void everyIngredientOfATrialIsInItsKey() {
    var arm = new Estimator("arm", 0.1);
    ToyStudy base = study("flatland", "numbers", arm);
    base.run();
    assertEquals(1, base.trialsRun());
    runs(0, study("flatland", "numbers", arm));
    runs(1, study("spaceland", "numbers", arm));
    runs(1, study("flatland", "letters", arm));
    runs(1, study("flatland", "numbers", new Estimator("arm", 0.1, 0.2, 2)));
    runs(1, study("flatland", "numbers", new Estimator("other", 0.1)));
    runs(1, study("flatland", "numbers", arm).vary("budget", 0.5));
    runs(1, study("flatland", "numbers", arm).vary("items", 7));
    runs(1, study("flatland", "numbers", arm).seeds(2));
    runs(1, study("flatland", "numbers", arm).measure(ToyStudy.ERROR));
    System.setProperty("recollect.scale", "smoke");
    try {
      runs(1, study("flatland", "numbers", arm));
    } finally {
      System.clearProperty("recollect.scale");
    }
    runs(0, study("flatland", "numbers", arm).seeds(2));
  }

  private ToyStudy study(String world, String data, Estimator arm) {
    return ToyStudy.on(world).reading(data).compare(arm).storedIn(folder);
  }

  private static void runs(int trials, ToyStudy study) {
    study.run();
    assertEquals(trials, study.trialsRun());
  }
}
