package org.recollect.kernel.cuda;

/// Memory of a device that is used again from call to call and grows with the largest. Mutable;
/// what it held is lost when it grows.
final class Scratch implements AutoCloseable {

  private static final long SMALLEST = 1 << 16;

  private final Device device;
  private DeviceBuffer buffer;

  Scratch(Device device) {
    this.device = device;
  }

  /// The address of at least this many bytes.
  long atLeast(long bytes) {
    if (buffer == null || buffer.bytes() < bytes) {
      close();
      buffer = DeviceBuffer.allocate(device, Math.max(SMALLEST, bytes + bytes / 2));
    }
    return buffer.address();
  }

  @Override
  public void close() {
    if (buffer != null) {
      buffer.close();
      buffer = null;
    }
  }
}
