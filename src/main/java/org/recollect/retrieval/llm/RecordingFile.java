package org.recollect.retrieval.llm;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The file of a recording and what it holds, by the hash of the request; of two replies to the
/// same request, the later line counts. Mutable; used by one thread at a time.
///
/// A line is on the disk before the next call is made. What a kill leaves of a line at the end is
/// ignored, and cut off where the file is written to; nothing else is ever removed.
final class RecordingFile implements AutoCloseable {

  private static final long MAX_BYTES = 256L << 20;

  private final Path file;
  private final Optional<FileChannel> channel;
  private final Map<String, Reply> replies = new HashMap<>();

  private RecordingFile(Path file, Optional<FileChannel> channel) {
    this.file = file;
    this.channel = channel;
  }

  /// Opens a file that is only read.
  ///
  /// @throws IllegalArgumentException when there is none or it is malformed
  static RecordingFile read(Path file) {
    var recording = new RecordingFile(file, Optional.empty());
    try (var channel = FileChannel.open(file, READ)) {
      recording.load(channel);
      return recording;
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "There is no recording '%s': give its path, or make it by Recording.replayOrRecord where the model can be reached."
              .formatted(file),
          e);
    } catch (IOException e) {
      throw recording.failure("read", e);
    }
  }

  /// Opens a file to which replies are added; a missing one is made.
  ///
  /// @throws IllegalArgumentException when it is malformed
  /// @throws IllegalStateException when another recording writes to it
  static RecordingFile write(Path file) {
    var recording = new RecordingFile(file, Optional.empty());
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      var channel = FileChannel.open(file, CREATE, READ, WRITE);
      try {
        return recording.lock(channel);
      } catch (IOException | RuntimeException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) {
      throw recording.failure("written", e);
    }
  }

  private RecordingFile lock(FileChannel channel) throws IOException {
    try {
      if (channel.tryLock() == null) {
        throw new OverlappingFileLockException();
      }
    } catch (OverlappingFileLockException e) {
      throw new IllegalStateException(
          "Another recording writes to '%s': close it first, or name another file."
              .formatted(file));
    }
    var writing = new RecordingFile(file, Optional.of(channel));
    long end = writing.load(channel);
    channel.truncate(end);
    channel.position(end);
    if (end > 0 && byteAt(channel, end - 1) != '\n') {
      writing.put("\n");
    }
    return writing;
  }

  private static byte byteAt(FileChannel channel, long place) throws IOException {
    var one = ByteBuffer.allocate(1);
    channel.read(one, place);
    return one.get(0);
  }

  /// @return how many bytes hold whole lines; a last line without its end is one if it can be read
  private long load(FileChannel channel) throws IOException {
    if (channel.size() > MAX_BYTES) {
      throw new IllegalArgumentException(
          "The recording '%s' has more than 256 MiB: split the run into several recordings."
              .formatted(file));
    }
    var bytes = ByteBuffer.allocate((int) channel.size());
    while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {}
    bytes.flip();
    int start = 0;
    for (int end = 0, line = 1; start < bytes.limit(); start = end + 1, line++) {
      end = start;
      while (end < bytes.limit() && bytes.get(end) != '\n') {
        end++;
      }
      var text = bytes.slice(start, end - start);
      if (end == bytes.limit() && isTorn(text)) {
        return start;
      }
      take(text, line);
    }
    return bytes.limit();
  }

  private static boolean isTorn(ByteBuffer end) {
    var text = StandardCharsets.ISO_8859_1.decode(end.duplicate()).toString();
    try {
      RecordedReply.parse(text);
      return false;
    } catch (IllegalArgumentException e) {
      // Whatever begins otherwise was not written by a recording and is not ours to cut off.
      return text.startsWith(RecordedReply.START) || RecordedReply.START.startsWith(text);
    }
  }

  private void take(ByteBuffer line, int number) {
    try {
      var recorded =
          RecordedReply.parse(StandardCharsets.UTF_8.newDecoder().decode(line).toString());
      replies.put(recorded.hash(), recorded.reply());
    } catch (CharacterCodingException e) {
      throw malformed(number, "it is not UTF-8 text");
    } catch (IllegalArgumentException e) {
      throw malformed(number, e.getMessage());
    }
  }

  private IllegalArgumentException malformed(int line, String why) {
    return new IllegalArgumentException(
        "%s, line %d is no recorded reply (%s): take the line out, or fetch the file again."
            .formatted(file, line, why));
  }

  Optional<Reply> find(String hash) {
    return Optional.ofNullable(replies.get(hash));
  }

  int size() {
    return replies.size();
  }

  /// Adds a reply for good.
  ///
  /// @throws UncheckedIOException when it cannot be written; what was there before stays
  void add(RecordedReply recorded) {
    put(recorded.line() + "\n");
    replies.put(recorded.hash(), recorded.reply());
  }

  private void put(String text) {
    var open = channel.orElseThrow();
    var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    try {
      long start = open.position();
      try {
        while (bytes.hasRemaining()) {
          open.write(bytes);
        }
        open.force(false);
      } catch (IOException e) {
        open.truncate(start);
        throw e;
      }
    } catch (IOException e) {
      throw failure("written", e);
    }
  }

  private UncheckedIOException failure(String verb, IOException cause) {
    return new UncheckedIOException(
        "The recording '%s' cannot be %s (%s): check its folder's permissions and free space, or name another."
            .formatted(file, verb, cause.getMessage()),
        cause);
  }

  @Override
  public void close() {
    try {
      if (channel.isPresent()) {
        channel.get().close();
      }
    } catch (IOException e) {
      throw failure("closed", e);
    }
  }
}
