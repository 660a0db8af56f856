package org.recollect.kernel.cuda;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;

/// The device's copies of memory of the host: one for each thing that owns such memory, freed after
/// that thing was collected, or earlier where the device runs out of memory. Mutable.
///
/// @param <T> what owns the memory; compared by identity
final class Mirrors<T> implements AutoCloseable {

  /// One copy. Mutable.
  static final class Mirror {

    private final DeviceBuffer buffer;
    private long current = NEVER;
    private long lastCall;

    private Mirror(DeviceBuffer buffer) {
      this.buffer = buffer;
    }

    long address() {
      return buffer.address();
    }

    /// What the copy holds, in the owner's own count; [#NEVER] before the first copy.
    long current() {
      return current;
    }

    void holds(long version) {
      current = version;
    }
  }

  static final long NEVER = Long.MIN_VALUE;

  private final Device device;
  private final Probe probe = new Probe();
  private final Map<Object, Mirror> mirrors = new HashMap<>();
  private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
  private long call;

  Mirrors(Device device) {
    this.device = device;
  }

  /// Starts a call of a kernel: the copies that it asks for stay until the next call.
  void nextCall() {
    call++;
    for (var key = collected.poll(); key != null; key = collected.poll()) {
      var mirror = mirrors.remove(key);
      if (mirror != null) {
        mirror.buffer.close();
      }
    }
  }

  /// The copy of what `owner` holds; a new one where it has outgrown the one there was.
  ///
  /// @param bytes that it takes
  Mirror of(T owner, long bytes) {
    var mirror = probe.in(mirrors, owner);
    if (mirror != null && mirror.buffer.bytes() < bytes) {
      mirrors.values().remove(mirror);
      mirror.buffer.close();
      mirror = null;
    }
    if (mirror == null) {
      mirror = new Mirror(allocate(bytes));
      mirrors.put(new Key(owner, collected), mirror);
    }
    mirror.lastCall = call;
    return mirror;
  }

  /// How many copies there are.
  int count() {
    return mirrors.size();
  }

  @Override
  public void close() {
    mirrors.values().forEach(mirror -> mirror.buffer.close());
    mirrors.clear();
  }

  private DeviceBuffer allocate(long bytes) {
    try {
      return DeviceBuffer.allocate(device, bytes);
    } catch (CudaException failure) {
      if (failure.code() != Driver.OUT_OF_MEMORY || !dropIdle()) {
        throw failure;
      }
      return DeviceBuffer.allocate(device, bytes);
    }
  }

  /// Frees the copies that this call has not asked for; false if there are none.
  private boolean dropIdle() {
    return mirrors
        .values()
        .removeIf(mirror -> {
          if (mirror.lastCall == call) {
            return false;
          }
          mirror.buffer.close();
          return true;
        });
  }

  /// An owner, without keeping it alive.
  private static final class Key extends WeakReference<Object> {

    private final int hash;

    Key(Object owner, ReferenceQueue<Object> collected) {
      super(owner, collected);
      this.hash = System.identityHashCode(owner);
    }

    @Override
    public int hashCode() {
      return hash;
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }
  }

  /// An owner that is looked for: equal to its key. One object for all look-ups, because thousands
  /// of weak references a call would burden the collector.
  private static final class Probe {

    private Object owner;

    /// What this owner's key maps to, or null.
    Mirror in(Map<Object, Mirror> mirrors, Object owner) {
      this.owner = owner;
      try {
        return mirrors.get(this);
      } finally {
        // Nothing here keeps it alive.
        this.owner = null;
      }
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(owner);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key key && key.refersTo(owner);
    }
  }
}
