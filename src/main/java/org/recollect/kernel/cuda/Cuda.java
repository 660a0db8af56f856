package org.recollect.kernel.cuda;

import java.util.List;
import java.util.Optional;
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
      } catch (IllegalStateException none) {
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
  private final Mirrors<VectorTable> tables;

  private Cuda(Device device) {
    this.device = device;
    this.module = Module.load(device);
    this.stream = new Stream(device);
    this.input = new Scratch(device);
    this.output = new Scratch(device);
    this.scratch = new Scratch(device);
    this.candidates = List.of(new Scratch(device), new Scratch(device));
    this.tables = new Mirrors<>(device);
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

  /// Frees what the kernels hold of the device.
  @Override
  public synchronized void close() {
    device.enter();
    tables.close();
    input.close();
    output.close();
    scratch.close();
    candidates.forEach(Scratch::close);
    stream.close();
    module.close();
    device.close();
  }

  /// Runs a call of a kernel, alone, in the device's context.
  synchronized void locked(Runnable call) {
    device.enter();
    call.run();
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

  void launch(String kernel, Blocks blocks, Struct arguments) {
    stream.launch(module.function(kernel), blocks, arguments);
  }
}
