package org.recollect.tensor;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/// Writes a file whole or not at all: to a temporary file beside it, which is then moved over it.
public final class AtomicFile {
  /// Writes the content of a file.
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private AtomicFile() {}

  /// Writes or replaces a file; missing folders are made. Whatever fails, the file is afterwards
  /// what it was before, and no other file is left.
  ///
  /// @throws UncheckedIOException naming the file and the reason
  public static void write(Path file, Content content) {
    var target = file.toAbsolutePath();
    try {
      if (Files.isDirectory(target)) {
        throw new FileSystemException(file.toString(), null, "it is a folder");
      }
      Files.createDirectories(target.getParent());
      var name = ".%s.%s.part".formatted(target.getFileName(), UUID.randomUUID());
      var temporary = target.resolveSibling(name);
      try {
        fill(temporary, content);
        move(temporary, target);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "%s cannot be written (%s): check the folder's permissions and free space, or name another."
              .formatted(file, reason(failure)),
          failure);
    }
  }

  private static void fill(Path temporary, Content content) throws IOException {
    try (var channel = FileChannel.open(temporary, CREATE_NEW, WRITE);
        var out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
      content.writeTo(out);
      out.flush();
      channel.force(true); // the move must not become durable before the content
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException networkFolder) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static String reason(IOException failure) {
    return failure instanceof FileSystemException named && named.getReason() != null
        ? named.getReason()
        : String.valueOf(failure.getMessage());
  }
}
