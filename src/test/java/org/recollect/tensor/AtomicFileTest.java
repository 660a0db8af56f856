package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void aDiskThatFillsUpLeavesTheOldFileAndNothingElse() throws IOException {
    var file = folder.resolve("file");
    AtomicFile.write(file, out -> out.write("old".getBytes()));
    var failure =
        assertThrows(
            UncheckedIOException.class,
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[1 << 17]);
                      throw new IOException("No space left on device");
                    }));
    assertEquals(
        file
            + " cannot be written (No space left on device):"
            + " check the folder's permissions and free space, or name another.",
        failure.getMessage());
    assertEquals("old", Files.readString(file));
    assertEquals(List.of(file), files());
  }

  @Test
  void anErrorInTheContentLeavesNothing() throws IOException {
    var file = folder.resolve("deep/er/file");
    assertThrows(
        IllegalStateException.class,
        () ->
            AtomicFile.write(
                file,
                _ -> {
                  throw new IllegalStateException();
                }));
    try (var files = Files.list(file.getParent())) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void aFolderIsNotReplaced() throws IOException {
    var target = Files.createDirectory(folder.resolve("target"));
    assertThrows(UncheckedIOException.class, () -> AtomicFile.write(target, _ -> {}));
    assertEquals(List.of(target), files());
  }

  private List<Path> files() throws IOException {
    try (var files = Files.list(folder)) {
      return files.toList();
    }
  }
}
