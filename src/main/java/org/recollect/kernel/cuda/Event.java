package org.recollect.kernel.cuda;

/// A point in a [Stream], to time what lies between two of them.
final class Event implements AutoCloseable {

  private final Driver driver;
  private final long event;
  private boolean open = true;

  Event(Device device) {
    this.driver = device.driver();
    this.event = driver.createEvent();
  }

  /// Milliseconds from another point to this one, once the device has passed it.
  float since(Event start) {
    return driver.milliseconds(start.event, event);
  }

  long handle() {
    return event;
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      driver.destroyEvent(event);
    }
  }
}
