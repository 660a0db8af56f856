package org.recollect.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;

/// The environment variables of this process, as native libraries read them while they are loaded;
/// Java itself can only read them.
final class Environment {
  private static final FunctionDescriptor SIGNATURE =
      FunctionDescriptor.of(
          ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);

  private Environment() {}

  /// Sets a variable where the user has not, by POSIX `setenv`; without effect on Windows.
  static void preset(String name, String value) {
    var linker = Linker.nativeLinker();
    var setenv = linker.defaultLookup().find("setenv");
    if (setenv.isEmpty()) {
      return;
    }
    var call = linker.downcallHandle(setenv.get(), SIGNATURE);
    int keepExisting = 0;
    try (var arena = Arena.ofConfined()) {
      int unused =
          (int) call.invokeExact(arena.allocateFrom(name), arena.allocateFrom(value), keepExisting);
    } catch (Throwable failure) {
      throw new IllegalStateException("setenv(\"" + name + "\") could not be called", failure);
    }
  }
}
