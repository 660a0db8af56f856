package org.recollect.kernel.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// The entry points of the CUDA driver. Every call checks what the driver returns and throws a
/// [CudaException] that names it.
///
/// Handles and device addresses are plain numbers here; [Device], [DeviceBuffer], [Stream],
/// [Module] and [Event] own them.
final class Driver {

  static final int OUT_OF_MEMORY = 2;

  private static final String LIBRARY =
      System.getProperty("os.name").startsWith("Windows") ? "nvcuda.dll" : "libcuda.so.1";

  private final SymbolLookup library;
  private final MethodHandle errorName = bind("cuGetErrorName", JAVA_INT, ADDRESS);
  private final MethodHandle errorString = bind("cuGetErrorString", JAVA_INT, ADDRESS);
  private final MethodHandle init = bind("cuInit", JAVA_INT);
  private final MethodHandle version = bind("cuDriverGetVersion", ADDRESS);
  private final MethodHandle deviceCount = bind("cuDeviceGetCount", ADDRESS);
  private final MethodHandle device = bind("cuDeviceGet", ADDRESS, JAVA_INT);
  private final MethodHandle deviceName = bind("cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT);
  private final MethodHandle attribute = bind("cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
  private final MethodHandle retain = bind("cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT);
  private final MethodHandle release = bind("cuDevicePrimaryCtxRelease_v2", JAVA_INT);
  private final MethodHandle setCurrent = bind("cuCtxSetCurrent", JAVA_LONG);
  private final MethodHandle loadModule = bind("cuModuleLoadData", ADDRESS, ADDRESS);
  private final MethodHandle unloadModule = bind("cuModuleUnload", JAVA_LONG);
  private final MethodHandle function = bind("cuModuleGetFunction", ADDRESS, JAVA_LONG, ADDRESS);
  private final MethodHandle memoryInfo = bind("cuMemGetInfo_v2", ADDRESS, ADDRESS);
  private final MethodHandle allocate = bind("cuMemAlloc_v2", ADDRESS, JAVA_LONG);
  private final MethodHandle free = bind("cuMemFree_v2", JAVA_LONG);
  private final MethodHandle upload =
      bind("cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
  private final MethodHandle download =
      bind("cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private final MethodHandle copy =
      bind("cuMemcpyDtoDAsync_v2", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private final MethodHandle createStream = bind("cuStreamCreate", ADDRESS, JAVA_INT);
  private final MethodHandle synchronize = bind("cuStreamSynchronize", JAVA_LONG);
  private final MethodHandle destroyStream = bind("cuStreamDestroy_v2", JAVA_LONG);
  private final MethodHandle createEvent = bind("cuEventCreate", ADDRESS, JAVA_INT);
  private final MethodHandle recordEvent = bind("cuEventRecord", JAVA_LONG, JAVA_LONG);
  private final MethodHandle awaitEvent = bind("cuEventSynchronize", JAVA_LONG);
  private final MethodHandle elapsed = bind("cuEventElapsedTime", ADDRESS, JAVA_LONG, JAVA_LONG);
  private final MethodHandle destroyEvent = bind("cuEventDestroy_v2", JAVA_LONG);
  private final MethodHandle launch =
      bind(
          "cuLaunchKernel",
          JAVA_LONG,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_INT,
          JAVA_LONG,
          ADDRESS,
          ADDRESS);

  private Driver(SymbolLookup library) {
    // Before the fields that look their functions up in it.
    this.library = library;
    super();
  }

  /// The driver of this machine, initialised.
  ///
  /// @throws IllegalStateException if there is none
  /// @throws CudaException if it does not start, as where there is no device
  static Driver load() {
    return load(LIBRARY);
  }

  /// The same from a library of another name or path, for tests.
  static Driver load(String name) {
    SymbolLookup library;
    try {
      library = SymbolLookup.libraryLookup(name, Arena.global());
    } catch (IllegalArgumentException missing) {
      throw new IllegalStateException(
          "The cuda kernels need NVIDIA's driver, but there is no %s: install the driver, or use the simd kernels."
              .formatted(name));
    }
    var driver = new Driver(library);
    driver.check("starting the driver", () -> (int) driver.init.invokeExact(0));
    return driver;
  }

  /// The newest CUDA version that the driver serves: 12040 is 12.4.
  int version() {
    return intFrom("asking for the driver's version", at -> (int) version.invokeExact(at));
  }

  int deviceCount() {
    return intFrom("counting devices", at -> (int) deviceCount.invokeExact(at));
  }

  int device(int ordinal) {
    return intFrom("opening device " + ordinal, at -> (int) device.invokeExact(at, ordinal));
  }

  String deviceName(int device) {
    try (var arena = Arena.ofConfined()) {
      var name = arena.allocate(256);
      check(
          "asking for a device's name",
          () -> (int) deviceName.invokeExact(name, (int) name.byteSize() - 1, device));
      return name.getString(0);
    }
  }

  /// @param number a `CUdevice_attribute`
  int attribute(int number, int device) {
    return intFrom(
        "asking for attribute %d of a device".formatted(number),
        at -> (int) attribute.invokeExact(at, number, device));
  }

  long retainContext(int device) {
    return longFrom("opening a device's context", at -> (int) retain.invokeExact(at, device));
  }

  void releaseContext(int device) {
    check("leaving a device's context", () -> (int) release.invokeExact(device));
  }

  void setCurrent(long context) {
    check("entering a device's context", () -> (int) setCurrent.invokeExact(context));
  }

  long loadModule(MemorySegment image) {
    return longFrom("loading the kernels", at -> (int) loadModule.invokeExact(at, image));
  }

  void unloadModule(long module) {
    check("unloading the kernels", () -> (int) unloadModule.invokeExact(module));
  }

  long function(long module, String name) {
    try (var arena = Arena.ofConfined()) {
      var text = arena.allocateFrom(name);
      return longFrom(
          "finding the kernel " + name, at -> (int) function.invokeExact(at, module, text));
    }
  }

  /// Free and total bytes of the current context's device.
  long[] memoryInfo() {
    try (var arena = Arena.ofConfined()) {
      var both = arena.allocate(JAVA_LONG, 2);
      check(
          "asking for a device's memory",
          () -> (int) memoryInfo.invokeExact(both, both.asSlice(JAVA_LONG.byteSize())));
      return both.toArray(JAVA_LONG);
    }
  }

  long allocate(long bytes) {
    try {
      return longFrom("allocating device memory", at -> (int) allocate.invokeExact(at, bytes));
    } catch (CudaException failure) {
      throw failure.code() == OUT_OF_MEMORY ? outOfMemory(bytes) : failure;
    }
  }

  void free(long address) {
    check("freeing device memory", () -> (int) free.invokeExact(address));
  }

  void upload(long to, MemorySegment from, long stream) {
    check(
        "copying to the device", () -> (int) upload.invokeExact(to, from, from.byteSize(), stream));
  }

  void download(MemorySegment to, long from, long stream) {
    check(
        "copying from the device",
        () -> (int) download.invokeExact(to, from, to.byteSize(), stream));
  }

  void copy(long to, long from, long bytes, long stream) {
    check("copying on the device", () -> (int) copy.invokeExact(to, from, bytes, stream));
  }

  long createStream() {
    return longFrom("opening a stream", at -> (int) createStream.invokeExact(at, 1));
  }

  void synchronize(long stream) {
    check("waiting for the device", () -> (int) synchronize.invokeExact(stream));
  }

  void destroyStream(long stream) {
    check("closing a stream", () -> (int) destroyStream.invokeExact(stream));
  }

  long createEvent() {
    return longFrom("making an event", at -> (int) createEvent.invokeExact(at, 0));
  }

  void recordEvent(long event, long stream) {
    check("recording an event", () -> (int) recordEvent.invokeExact(event, stream));
  }

  /// Waits for both events.
  float milliseconds(long start, long end) {
    check("waiting for an event", () -> (int) awaitEvent.invokeExact(end));
    try (var arena = Arena.ofConfined()) {
      var time = arena.allocate(JAVA_FLOAT);
      check("timing", () -> (int) elapsed.invokeExact(time, start, end));
      return time.get(JAVA_FLOAT, 0);
    }
  }

  void destroyEvent(long event) {
    check("closing an event", () -> (int) destroyEvent.invokeExact(event));
  }

  void launch(long function, Blocks blocks, long stream, MemorySegment arguments) {
    check(
        "launching a kernel",
        () ->
            (int)
                launch.invokeExact(
                    function,
                    blocks.x(),
                    blocks.y(),
                    blocks.z(),
                    blocks.threads(),
                    1,
                    1,
                    blocks.sharedBytes(),
                    stream,
                    arguments,
                    MemorySegment.NULL));
  }

  private CudaException outOfMemory(long bytes) {
    long[] memory = memoryInfo();
    return new CudaException(
        OUT_OF_MEMORY,
        "The device is out of memory: asked for %,d bytes, where %,d of %,d are free; close what you no longer use, or keep fewer tokens or smaller codes."
            .formatted(bytes, memory[0], memory[1]));
  }

  private MethodHandle bind(String name, MemoryLayout... arguments) {
    var symbol =
        library
            .find(name)
            .orElseThrow(() ->
                new IllegalStateException(
                    "The CUDA driver has no %s: it is older than CUDA 11; install a newer one."
                        .formatted(name)));
    return Linker.nativeLinker().downcallHandle(symbol, FunctionDescriptor.of(JAVA_INT, arguments));
  }

  private interface Call {
    int run() throws Throwable;
  }

  private interface CallInto {
    int run(MemorySegment result) throws Throwable;
  }

  private int intFrom(String attempted, CallInto call) {
    try (var arena = Arena.ofConfined()) {
      var result = arena.allocate(JAVA_INT);
      check(attempted, () -> call.run(result));
      return result.get(JAVA_INT, 0);
    }
  }

  private long longFrom(String attempted, CallInto call) {
    try (var arena = Arena.ofConfined()) {
      var result = arena.allocate(JAVA_LONG);
      check(attempted, () -> call.run(result));
      return result.get(JAVA_LONG, 0);
    }
  }

  private void check(String attempted, Call call) {
    int code;
    try {
      code = call.run();
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable impossible) {
      throw new IllegalStateException("The call of a native function failed.", impossible);
    }
    if (code != 0) {
      throw new CudaException(
          code,
          "CUDA failed at %s: %s (%s); %s."
              .formatted(
                  attempted, text(errorName, code), text(errorString, code), Remedy.of(code)));
    }
  }

  private String text(MethodHandle lookup, int code) {
    try (var arena = Arena.ofConfined()) {
      var at = arena.allocate(ADDRESS);
      if ((int) lookup.invokeExact(code, at) != 0) {
        return "error " + code;
      }
      return at.get(ADDRESS, 0).reinterpret(Integer.MAX_VALUE).getString(0);
    } catch (Throwable impossible) {
      throw new IllegalStateException("The call of a native function failed.", impossible);
    }
  }
}
