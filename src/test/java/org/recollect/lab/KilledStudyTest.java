package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.lab.ToyStudy.Estimator;

/// A process that is killed in mid-study loses the running trial and no other.
class KilledStudyTest {
  private static final int KILLED_IN = 5;

  @TempDir Path folder;

  @Test
  void aSecondProcessContinuesWithoutRepeatingATrial() throws Exception {
    var first = child(KILLED_IN);
    try (var lines = reader(first)) {
      for (int trial = 0; trial <= KILLED_IN; trial++) {
        assertEquals("begins " + trial, lines.readLine());
      }
      first.destroyForcibly();
    }
    assertNotEquals(0, first.waitFor());

    var second = child(Integer.MAX_VALUE);
    var said = new ArrayList<String>();
    try (var lines = reader(second)) {
      lines.lines().forEach(said::add);
    }
    assertEquals(0, second.waitFor(), said::toString);
    int trials = 2 * 2 * 3;
    assertEquals(
        trials - KILLED_IN, said.stream().filter(line -> line.startsWith("begins")).count());

    Progress.showIn(progress -> {});
    var unharmed = study(folder.resolve("unharmed")).run();
    assertEquals(Fingerprint.of(text(unharmed)), said.getLast());
  }

  private static ToyStudy study(Path folder) {
    return ToyStudy.on("flatland")
        .compare(new Estimator("fine", 0.1), new Estimator("coarse", 0.5))
        .vary("budget", 0.5, 1)
        .seeds(3)
        .storedIn(folder);
  }

  /// What the table shows and all that lies behind it, apart from the time it took.
  private static String text(Results results) {
    var table = results.table();
    table.removeColumns(table.columnCount() - 1);
    return table.print() + results.reproducible();
  }

  private Process child(int blocksIn) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                folder.toString(),
                Integer.toString(blocksIn)))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static BufferedReader reader(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  /// Runs the study; says when a trial begins, so all before it are finished; blocks in one.
  static final class Child {
    public static void main(String[] arguments) {
      int blocksIn = Integer.parseInt(arguments[1]);
      var results =
          study(Path.of(arguments[0]))
              .watchedBy(trial -> {
                System.out.println("begins " + trial);
                if (trial == blocksIn) {
                  waitForTheEnd();
                }
              })
              .run();
      System.out.println(Fingerprint.of(text(results)));
    }

    private static void waitForTheEnd() {
      try {
        System.in.read();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
