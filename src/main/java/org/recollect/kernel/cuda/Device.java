package org.recollect.kernel.cuda;

/// A GPU and its primary context, which it shares with every other library of the process that uses
/// the same device.
public final class Device implements AutoCloseable {

  private static final int MULTIPROCESSORS = 16;
  private static final int CAPABILITY_MAJOR = 75;
  private static final int CAPABILITY_MINOR = 76;

  private final Driver driver;
  private final int device;
  private final long context;
  private boolean open = true;

  private Device(Driver driver, int device) {
    this.driver = driver;
    this.device = device;
    this.context = driver.retainContext(device);
  }

  /// @param ordinal counted from 0 among the devices that are visible to the process
  ///
  /// @throws IllegalStateException if there is no device at all
  static Device open(Driver driver, int ordinal) {
    int count = driver.deviceCount();
    if (count == 0) {
      throw new IllegalStateException(
          "The driver sees no device: make a GPU visible to this process, or use the simd kernels.");
    }
    if (ordinal < 0 || ordinal >= count) {
      throw new IllegalArgumentException(
          "There are %d CUDA devices, counted from 0; asked for %d.".formatted(count, ordinal));
    }
    var device = new Device(driver, driver.device(ordinal));
    device.enter();
    return device;
  }

  /// What its maker calls it.
  public String name() {
    return driver.deviceName(device);
  }

  /// Its generation, such as 9.0.
  public String capability() {
    return "%d.%d"
        .formatted(
            driver.attribute(CAPABILITY_MAJOR, device), driver.attribute(CAPABILITY_MINOR, device));
  }

  /// Its multiprocessors.
  public int multiprocessors() {
    return driver.attribute(MULTIPROCESSORS, device);
  }

  /// Bytes of its memory that are free.
  public long freeBytes() {
    enter();
    return driver.memoryInfo()[0];
  }

  /// Bytes of its memory.
  public long totalBytes() {
    enter();
    return driver.memoryInfo()[1];
  }

  Driver driver() {
    return driver;
  }

  /// Makes its context that of the calling thread. Everything that a thread asks of a device comes
  /// after this.
  void enter() {
    driver.setCurrent(context);
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      driver.releaseContext(device);
    }
  }
}
