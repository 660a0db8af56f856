package org.recollect.kernel.cuda;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.recollect.kernel.VectorTable;

/// The kernels on a GPU. They share a stream and device memory, so that one call runs at a time;
/// any thread may call.
public final class Cuda implements AutoCloseable {

  /// What was found when this machine was first asked, or why nothing was.
  private static final class Found {

    private static Cuda cuda;
    private static String reason;

    static {
      try {
        cuda = on(Driver.load());
        reason = cuda.describe();
      } catch (IllegalStateException | IllegalCallerException none) {
        reason = none.getMessage();
      }
    }
  }

  private final Device device;
  private final Module module;
  private final Stream stream;
  private final Scratch input;
  private final Scratch output;
  private final Scratch scratch;
  private final List<Scratch> candidates;
  private final Scratch turned;
  private final Mirrors<VectorTable> tables;
  private final Copies copies;

  private Cuda(Device device) {
    this.device = device;
    this.module = Module.load(device);
    this.stream = new Stream(device);
    this.input = new Scratch(device);
    this.output = new Scratch(device);
    this.scratch = new Scratch(device);
    this.candidates = List.of(new Scratch(device), new Scratch(device));
    this.turned = new Scratch(device);
    this.tables = new Mirrors<>(device);
    this.copies = new Copies(device, stream);
  }

  /// The first GPU of this machine, or nothing where the driver, a device or the kernels for it are
  /// missing; [#describeHere] says which.
  public static Optional<Cuda> find() {
    return Optional.ofNullable(Found.cuda);
  }

  /// The device and its driver, or in one sentence why there is none.
  public static String describeHere() {
    return Found.reason;
  }

  /// @throws IllegalStateException if there is no device, or the kernels do not load
  static Cuda on(Driver driver) {
    var device = Device.open(driver, 0);
    try {
      return new Cuda(device);
    } catch (RuntimeException failure) {
      device.close();
      throw failure;
    }
  }

  /// The device that computes.
  public Device device() {
    return device;
  }

  /// Decode attention over pages.
  public CudaAttention attention() {
    return new CudaAttention(this);
  }

  /// Rotation, rounding and packing.
  public CudaEncoding encoding() {
    return new CudaEncoding(this);
  }

  /// The transform of many vectors at once.
  public CudaHadamard hadamard() {
    return new CudaHadamard(this);
  }

  /// Search among the rows of tables.
  public CudaSearch search() {
    return new CudaSearch(this, tables);
  }

  /// The device, its generation, memory and driver, in a line.
  public String describe() {
    int version = device.driver().version();
    return "%s, sm %s, %d multiprocessors, %,d MiB, driver for CUDA %d.%d"
        .formatted(
            device.name(),
            device.capability(),
            device.multiprocessors(),
            device.totalBytes() >> 20,
            version / 1000,
            version % 1000 / 10);
  }

  /// Bytes a second that the device copies from one place of its memory to another, read and
  /// written counted: the roof of what reads memory.
  ///
  /// @param bytes of a copy, at least 1; far more than the device caches
  /// @param copies at least 1
  /// @throws CudaException if the device has no room for twice the bytes
  public double copyBandwidth(long bytes, int copies) {
    return alone(() -> {
      try (var from = DeviceBuffer.allocate(device, bytes);
          var to = DeviceBuffer.allocate(device, bytes);
          var start = new Event(device);
          var end = new Event(device)) {
        stream.copy(from.address(), to.address(), bytes);
        stream.record(start);
        for (int i = 0; i < copies; i++) {
          stream.copy(from.address(), to.address(), bytes);
        }
        stream.record(end);
        return 2e3 * bytes * copies / end.since(start);
      }
    });
  }

  /// Frees what the kernels hold of the device. The one that [#find] gives stays open as long as
  /// the process.
  @Override
  public synchronized void close() {
    device.enter();
    tables.close();
    copies.close();
    turned.close();
    input.close();
    output.close();
    scratch.close();
    candidates.forEach(Scratch::close);
    stream.close();
    module.close();
    device.close();
  }

  /// Runs a call of a kernel, alone, in the device's context.
  synchronized <T> T alone(Supplier<T> call) {
    device.enter();
    return call.get();
  }

  Stream stream() {
    return stream;
  }

  /// What a call hands to the device.
  Scratch input() {
    return input;
  }

  /// What it fetches from there.
  Scratch output() {
    return output;
  }

  /// What it leaves there between two kernels.
  Scratch scratch() {
    return scratch;
  }

  /// Likewise, of which a kernel reads one and writes the other.
  Scratch candidates(int which) {
    return candidates.get(which);
  }

  /// Keys in single precision, turned to their positions.
  Scratch turned() {
    return turned;
  }

  /// What the device keeps from call to call.
  Copies copies() {
    return copies;
  }

  void launch(String kernel, Blocks blocks, Struct arguments) {
    stream.launch(module.function(kernel), blocks, arguments);
  }
}
