package org.recollect.tensor;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.OptionalLong;

/// Settings of this process that only its C library can change. Where it lacks a function, the
/// setting is left alone.
final class CLibrary {
  // of glibc's malloc.h
  private static final int TRIM_THRESHOLD = -1;
  private static final int MMAP_THRESHOLD = -3;
  private static final int STATISTICS = 10; // numbers in struct mallinfo2
  private static final int MAPPED_BYTES = 4; // hblkhd
  private static final int HEAP_BYTES = 7; // uordblks

  private static final Optional<MethodHandle> ALLOCATION_STATISTICS =
      Linker.nativeLinker()
          .defaultLookup()
          .find("mallinfo2")
          .map(address ->
              Linker.nativeLinker()
                  .downcallHandle(
                      address,
                      FunctionDescriptor.of(
                          MemoryLayout.structLayout(
                              MemoryLayout.sequenceLayout(STATISTICS, JAVA_LONG)))));

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

  /// The bytes that `malloc` has handed out and not got back, over all threads; glibc's `mallinfo2`
  /// (2.33 and later). Empty where the C library does not tell.
  static OptionalLong allocatedBytes() {
    if (ALLOCATION_STATISTICS.isEmpty()) {
      return OptionalLong.empty();
    }
    try (var arena = Arena.ofConfined()) {
      var statistics =
          (MemorySegment)
              ALLOCATION_STATISTICS.get().invokeExact((SegmentAllocator) arena::allocate);
      return OptionalLong.of(
          statistics.getAtIndex(JAVA_LONG, MAPPED_BYTES)
              + statistics.getAtIndex(JAVA_LONG, HEAP_BYTES));
    } catch (Throwable failure) {
      throw new IllegalStateException("mallinfo2 could not be called.", failure);
    }
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
