package org.recollect.kernel.cuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The CUDA sources compiled for the host, behind the entry points of the CUDA driver
/// (`kernels-native/host`), and what tests may ask of that driver.
final class HostDriver {

  private static final String COMPILER = "g++";
  private static Path library;

  private HostDriver() {}

  /// Whether the sources can be compiled here.
  static boolean isHere() {
    return System.getProperty("os.name").equals("Linux")
        && Files.isDirectory(Sources.NATIVE.resolve("host"))
        && Sources.runs(COMPILER, "--version");
  }

  /// The library, compiled once for each state of the sources; skips the test where it cannot be.
  static synchronized Path library() {
    if (library == null) {
      assumeTrue(
          isHere(),
          "The CUDA sources are not tested on the host: this is no Linux with %s and kernels-native."
              .formatted(COMPILER));
      library = compiled();
    }
    return library;
  }

  static Driver load() {
    return Driver.load(library().toString());
  }

  /// Bytes that the device has from now on.
  static void memory(long bytes) {
    call("host_set_memory", FunctionDescriptor.ofVoid(JAVA_LONG), bytes);
  }

  /// Lets a function of the driver fail from now on; code 0 lets all work again.
  static void fail(String function, int code) {
    try (var arena = Arena.ofConfined()) {
      call(
          "host_fail",
          FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT),
          arena.allocateFrom(function),
          code);
    }
  }

  /// Lets the driver refuse fat binaries, as one does that is older than they are.
  static void refuseBinaries(boolean refuse) {
    call("host_refuse_binaries", FunctionDescriptor.ofVoid(JAVA_INT), refuse ? 1 : 0);
  }

  /// Devices that the driver sees from now on.
  static void devices(int count) {
    call("host_set_devices", FunctionDescriptor.ofVoid(JAVA_INT), count);
  }

  /// Bytes allocated now.
  static long used() {
    return ask("host_used");
  }

  /// Modules, streams and events that are open.
  static long handles() {
    return ask("host_handles");
  }

  /// Kernels launched so far.
  static long launches() {
    return ask("host_launches");
  }

  /// Bytes copied to the device so far.
  static long uploaded() {
    return ask("host_uploaded");
  }

  private static long ask(String function) {
    return (long) call(function, FunctionDescriptor.of(JAVA_LONG));
  }

  private static Object call(String function, FunctionDescriptor type, Object... arguments) {
    var symbol = SymbolLookup.libraryLookup(library(), Arena.global()).find(function).orElseThrow();
    try {
      return Linker.nativeLinker().downcallHandle(symbol, type).invokeWithArguments(arguments);
    } catch (Throwable impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static Path compiled() {
    var kernels = Sources.in(Sources.NATIVE.resolve("src"));
    var host = Sources.in(Sources.NATIVE.resolve("host"));
    var all = Stream.concat(kernels.stream(), host.stream()).toList();
    var folder = Path.of("target", "kernels-native");
    var made = folder.resolve("libcuda-host-" + Sources.hash(all).substring(0, 16) + ".so");
    if (Files.exists(made)) {
      return made.toAbsolutePath();
    }
    try {
      Files.createDirectories(folder);
      var unfinished = Files.createTempFile(folder, "libcuda-host", ".so");
      var command =
          new ArrayList<>(
              List.of(COMPILER, "-std=c++17", "-O2", "-march=native", "-ffp-contract=off"));
      command.addAll(
          List.of(
              "-fno-strict-aliasing",
              "-D_FORTIFY_SOURCE=0",
              "-Wno-unknown-pragmas",
              "-fPIC",
              "-shared"));
      command.addAll(List.of("-o", unfinished.toString(), "-x", "c++"));
      all.stream()
          .map(Path::toString)
          .filter(name -> name.endsWith(".cu") || name.endsWith(".cpp"))
          .forEach(command::add);
      Sources.run(command);
      Files.move(unfinished, made, StandardCopyOption.REPLACE_EXISTING);
      return made.toAbsolutePath();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
