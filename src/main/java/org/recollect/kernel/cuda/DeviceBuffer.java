package org.recollect.kernel.cuda;

/// Memory of a device.
final class DeviceBuffer implements AutoCloseable {

  private final Device device;
  private final long address;
  private final long bytes;
  private boolean open = true;

  private DeviceBuffer(Device device, long bytes) {
    this.device = device;
    this.bytes = bytes;
    this.address = device.driver().allocate(bytes);
  }

  /// @param bytes at least 1
  /// @throws CudaException if the device has no room for it
  static DeviceBuffer allocate(Device device, long bytes) {
    return new DeviceBuffer(device, bytes);
  }

  long address() {
    return address;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      device.driver().free(address);
    }
  }
}
