package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Vectors of one length, row after row in native memory, to be searched by [Similarity]. Mutable:
/// rows are appended. The arena that it was allocated in owns the memory.
///
/// Rows start at multiples of 64 bytes; what lies between the end of a row and the next one is
/// zero, so that a kernel needs no loop for the rest.
public final class VectorTable {

  /// How the numbers of a row are stored.
  public enum Storage {
    /// As they are.
    F32(4),
    /// `x = scale * code` with `code` in -127 .. 127 and `scale = max|x| / 127` of the row: an
    /// error of at most half a step.
    INT8(1);

    private final int bytes;

    Storage(int bytes) {
      this.bytes = bytes;
    }
  }

  static final int ALIGNMENT = 64;
  private static final int LARGEST_CODE = 127;

  private final Storage storage;
  private final int dimensions;
  private final int stride;
  private final MemorySegment numbers;
  private final MemorySegment scales;
  private final MemorySegment lengths;
  private final int capacity;
  private int rows;

  private VectorTable(Arena arena, Storage storage, int dimensions, int capacity) {
    this.storage = storage;
    this.dimensions = dimensions;
    this.capacity = capacity;
    this.stride = Math.ceilDiv(dimensions * storage.bytes, ALIGNMENT) * ALIGNMENT;
    // A vector of bytes may be read across the end of the last row.
    this.numbers = arena.allocate((long) capacity * stride + ALIGNMENT, ALIGNMENT);
    this.scales = arena.allocate(storage == Storage.INT8 ? capacity * 4L : 0, ALIGNMENT);
    this.lengths = arena.allocate(capacity * 4L, ALIGNMENT);
  }

  /// An empty table.
  ///
  /// @param dimensions numbers of a vector, at least 1
  /// @param capacity rows that fit, at least 1
  /// @throws IllegalArgumentException if either is below 1
  public static VectorTable allocate(Arena arena, Storage storage, int dimensions, int capacity) {
    if (dimensions < 1 || capacity < 1) {
      throw new IllegalArgumentException(
          "A table of vectors has at least one dimension and room for one row; asked for %d and %d."
              .formatted(dimensions, capacity));
    }
    return new VectorTable(arena, storage, dimensions, capacity);
  }

  /// How the numbers are stored.
  public Storage storage() {
    return storage;
  }

  /// Numbers of a vector.
  public int dimensions() {
    return dimensions;
  }

  /// Rows in the table.
  public int rows() {
    return rows;
  }

  /// Bytes held, whether or not they are in use yet.
  public long bytes() {
    return numbers.byteSize() + scales.byteSize() + lengths.byteSize();
  }

  /// Puts a vector behind the last row.
  ///
  /// @param vector `[dimensions]`, finite
  /// @return its row
  /// @throws IllegalArgumentException if the vector has another length or is not finite
  /// @throws IllegalStateException if the table is full
  public int append(float[] vector) {
    requireVector(vector);
    if (rows == capacity) {
      throw new IllegalStateException(
          "The table is full at %,d rows: allocate a larger one.".formatted(capacity));
    }
    int row = rows;
    switch (storage) {
      case F32 -> {
        for (int i = 0; i < dimensions; i++) {
          numbers.set(JAVA_FLOAT, start(row) + 4L * i, vector[i]);
        }
      }
      case INT8 -> writeCodes(row, vector);
    }
    lengths.setAtIndex(JAVA_FLOAT, row, (float) Math.sqrt(squared(row)));
    rows++;
    return row;
  }

  /// One number of a row, rebuilt from its code.
  public float number(int row, int dimension) {
    return switch (storage) {
      case F32 -> numbers.get(JAVA_FLOAT, start(row) + 4L * dimension);
      case INT8 -> scale(row) * numbers.get(JAVA_BYTE, start(row) + dimension);
    };
  }

  /// The Euclidean length of a row as it is stored.
  public float length(int row) {
    return lengths.getAtIndex(JAVA_FLOAT, row);
  }

  /// The step of the codes of a row; 1 for a table of f32 numbers.
  float scale(int row) {
    return storage == Storage.INT8 ? scales.getAtIndex(JAVA_FLOAT, row) : 1;
  }

  /// The native memory of the numbers, for the kernels.
  public MemorySegment memory() {
    return numbers;
  }

  /// The native memory of the rows' steps `[capacity]`; empty for a table of f32 numbers.
  public MemorySegment scales() {
    return scales;
  }

  /// The native memory of the rows' Euclidean lengths `[capacity]`.
  public MemorySegment lengths() {
    return lengths;
  }

  /// Where a row starts, in bytes.
  public long start(int row) {
    return (long) row * stride;
  }

  /// Numbers of a row with the zeros behind them.
  public int paddedDimensions() {
    return stride / storage.bytes;
  }

  /// Refuses a vector that is not one of this table's.
  ///
  /// @throws IllegalArgumentException if it has another length or is not finite
  public void requireVector(float[] vector) {
    if (vector.length != dimensions) {
      throw new IllegalArgumentException(
          "The table has vectors of %d numbers, this one has %d: take both from the same model."
              .formatted(dimensions, vector.length));
    }
    for (float x : vector) {
      if (!Float.isFinite(x)) {
        throw new IllegalArgumentException(
            "A vector to store or search holds " + x + ": it must be finite.");
      }
    }
  }

  private void writeCodes(int row, float[] vector) {
    float largest = 0;
    for (float x : vector) {
      largest = Math.max(largest, Math.abs(x));
    }
    // A row of zeros keeps codes of zero on any scale.
    float scale = largest == 0 ? 1 : largest / LARGEST_CODE;
    scales.setAtIndex(JAVA_FLOAT, row, scale);
    for (int i = 0; i < dimensions; i++) {
      int code = Math.clamp(Math.round(vector[i] / scale), -LARGEST_CODE, LARGEST_CODE);
      numbers.set(JAVA_BYTE, start(row) + i, (byte) code);
    }
  }

  private double squared(int row) {
    double sum = 0;
    for (int i = 0; i < dimensions; i++) {
      double x = number(row, i);
      sum += x * x;
    }
    return sum;
  }
}
