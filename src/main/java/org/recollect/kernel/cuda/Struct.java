package org.recollect.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// C structures, and arrays of them, as they are written field by field: each number at a multiple
/// of its size. Mutable and growing; its memory lives as long as the arena.
final class Struct {

  private static final int WIDEST = 8;

  private final Arena arena;
  private MemorySegment memory;
  private long size;

  Struct(Arena arena) {
    this.arena = arena;
    this.memory = arena.allocate(256, WIDEST);
  }

  Struct put(long x) {
    long at = next(JAVA_LONG);
    memory.set(JAVA_LONG, at, x);
    return this;
  }

  Struct put(int x) {
    long at = next(JAVA_INT);
    memory.set(JAVA_INT, at, x);
    return this;
  }

  Struct put(float x) {
    long at = next(JAVA_FLOAT);
    memory.set(JAVA_FLOAT, at, x);
    return this;
  }

  Struct put(double x) {
    long at = next(JAVA_DOUBLE);
    memory.set(JAVA_DOUBLE, at, x);
    return this;
  }

  /// Numbers one after another, the first at a multiple of 64 bytes, as kernels read them widely.
  Struct put(float[] numbers) {
    return align(64).append(numbers);
  }

  /// Numbers one after another, right behind what is there.
  Struct append(float[] numbers) {
    align(4);
    reserve(4L * numbers.length);
    MemorySegment.copy(numbers, 0, memory, JAVA_FLOAT, size, numbers.length);
    size += 4L * numbers.length;
    return this;
  }

  /// Ends a structure: the next one, or what else follows, starts at a multiple of its widest
  /// field.
  Struct end() {
    return align(WIDEST);
  }

  /// @param bytes a power of two
  Struct align(long bytes) {
    long aligned = size + bytes - 1 & -bytes;
    reserve(aligned - size);
    size = aligned;
    return this;
  }

  /// Bytes so far.
  long size() {
    return size;
  }

  /// What was written.
  MemorySegment memory() {
    return memory.asSlice(0, size);
  }

  private long next(ValueLayout layout) {
    long bytes = layout.byteSize();
    long at = size + bytes - 1 & -bytes;
    reserve(at + bytes - size);
    size = at + bytes;
    return at;
  }

  private void reserve(long bytes) {
    if (size + bytes > memory.byteSize()) {
      var larger = arena.allocate(Math.max(size + bytes, 2 * memory.byteSize()), WIDEST);
      MemorySegment.copy(memory, 0, larger, 0, size);
      memory = larger;
    }
  }
}
