package org.recollect.kernel.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/// The kernels, loaded into a device: from the fat binary where it has code for the device that the
/// driver can read, otherwise from PTX, which the driver compiles.
final class Module implements AutoCloseable {

  static final String BINARY = "kernels.fatbin";
  static final String TEXT = "kernels.ptx.gz";

  private final Driver driver;
  private final long module;
  private final Map<String, Long> functions = new HashMap<>();
  private boolean open = true;

  private Module(Driver driver, long module) {
    this.driver = driver;
    this.module = module;
  }

  static Module load(Device device) {
    var driver = device.driver();
    try (var arena = Arena.ofConfined()) {
      try {
        return new Module(driver, driver.loadModule(image(arena, BINARY)));
      } catch (CudaException unreadable) {
        return new Module(driver, driver.loadModule(image(arena, TEXT)));
      }
    }
  }

  /// The function of a kernel.
  synchronized long function(String kernel) {
    return functions.computeIfAbsent(kernel, name -> driver.function(module, name));
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      driver.unloadModule(module);
    }
  }

  /// The bytes of a resource, unpacked where it is packed, and a zero behind them.
  private static MemorySegment image(Arena arena, String name) {
    try (InputStream resource = Module.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IllegalStateException(
            "The cuda kernels are not packaged, there is no %s: run kernels-native/build."
                .formatted(name));
      }
      InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(resource) : resource;
      byte[] bytes = plain.readAllBytes();
      var image = arena.allocate(bytes.length + 1L, 64);
      MemorySegment.copy(bytes, 0, image, ValueLayout.JAVA_BYTE, 0, bytes.length);
      return image;
    } catch (IOException failure) {
      throw new IllegalStateException(
          "The packaged cuda kernels (%s) cannot be read: run kernels-native/build again."
              .formatted(name),
          failure);
    }
  }
}
