package org.recollect.kernel.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Work for a device that is done in the order it was given. Copies and launches return before they
/// are done; [#await] waits for all.
final class Stream implements AutoCloseable {

  private final Driver driver;
  private final long stream;
  private boolean open = true;

  Stream(Device device) {
    this.driver = device.driver();
    this.stream = driver.createStream();
  }

  /// Copies all of `from`, which may be changed once this returns only where it is no pinned
  /// memory.
  void upload(MemorySegment from, long to) {
    driver.upload(to, from, stream);
  }

  /// Fills `to`; what is in it is defined after [#await].
  void download(long from, MemorySegment to) {
    driver.download(to, from, stream);
  }

  /// Copies bytes of the device to another place there.
  void copy(long from, long to, long bytes) {
    driver.copy(to, from, bytes, stream);
  }

  /// Starts a kernel.
  ///
  /// @param function of [Module#function]
  /// @param arguments the one structure that it takes
  void launch(long function, Blocks blocks, Struct arguments) {
    try (var arena = Arena.ofConfined()) {
      // The driver copies the structure before it returns.
      driver.launch(function, blocks, stream, arena.allocateFrom(ADDRESS, arguments.memory()));
    }
  }

  void await() {
    driver.synchronize(stream);
  }

  /// Marks this point of the stream.
  void record(Event event) {
    driver.recordEvent(event.handle(), stream);
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      driver.destroyStream(stream);
    }
  }
}
