package org.recollect.train;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/// The C library's memory. A training step frees and asks for the same large arrays again and
/// again; by default glibc gives such memory back to the system at once, and the system clears
/// every page of it anew: a fifteenth of a step's time.
final class NativeHeap {

  // Names and values of glibc's malloc.h.
  private static final int M_TRIM_THRESHOLD = -1;
  private static final int M_MMAP_THRESHOLD = -3;

  private NativeHeap() {}

  /// Lets the process keep what it frees, from now on. Does nothing where the C library has no such
  /// switch.
  static void keep() {
    var linker = Linker.nativeLinker();
    var address = linker.defaultLookup().find("mallopt");
    if (address.isEmpty()) {
      return;
    }
    var integer = ValueLayout.JAVA_INT;
    var mallopt =
        linker.downcallHandle(address.get(), FunctionDescriptor.of(integer, integer, integer));
    try {
      int mapped = (int) mallopt.invokeExact(M_MMAP_THRESHOLD, 1 << 30);
      int trimmed = (int) mallopt.invokeExact(M_TRIM_THRESHOLD, Integer.MAX_VALUE);
    } catch (Throwable failure) {
      throw new IllegalStateException("mallopt could not be called", failure);
    }
  }
}
