package org.recollect.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/// Settings of this process that only its C library can change. Where it lacks a function, the
/// setting is left alone.
final class CLibrary {
  // of glibc's malloc.h
  private static final int TRIM_THRESHOLD = -1;
  private static final int MMAP_THRESHOLD = -3;

  private CLibrary() {}

  /// Sets an environment variable for the libraries that are loaded later, where the user has not;
  /// POSIX `setenv`.
  static void presetVariable(String name, String value) {
    int keepExisting = 0;
    find("setenv", ADDRESS, ADDRESS, JAVA_INT)
        .ifPresent(setenv -> {
          try (var arena = Arena.ofConfined()) {
            call(setenv, arena.allocateFrom(name), arena.allocateFrom(value), keepExisting);
          }
        });
  }

  /// Lets `malloc` keep the memory of freed arrays below a gigabyte for the next ones, rather than
  /// return it to the system and have it cleared page by page again: a training step allocates the
  /// same arrays over and over, and takes 8 % less time; glibc's `mallopt`.
  static void keepFreedMemory() {
    find("mallopt", JAVA_INT, JAVA_INT)
        .ifPresent(mallopt -> {
          call(mallopt, MMAP_THRESHOLD, 1 << 30);
          call(mallopt, TRIM_THRESHOLD, Integer.MAX_VALUE);
        });
  }

  private static Optional<MethodHandle> find(String function, MemoryLayout... parameters) {
    var linker = Linker.nativeLinker();
    return linker
        .defaultLookup()
        .find(function)
        .map(
            address -> linker.downcallHandle(address, FunctionDescriptor.of(JAVA_INT, parameters)));
  }

  private static void call(MethodHandle function, Object... arguments) {
    try {
      function.invokeWithArguments(arguments);
    } catch (Throwable failure) {
      throw new IllegalStateException("A function of the C library could not be called.", failure);
    }
  }
}
