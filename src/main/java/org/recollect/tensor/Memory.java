package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Moves numbers between arrays and Java, in row-major order, without DJL's intermediate buffers.
///
/// DJL's own `set` and `copyTo` re-point an array at a Java buffer; these never do. One array's
/// memory must be below 2 GiB.
public final class Memory {
  private Memory() {}

  /// The array's own memory, to read and to write, in row-major order. Using it after the array is
  /// closed reads freed memory.
  ///
  /// @throws IllegalArgumentException when the array is not contiguous, as a transpose is not
  public static MemorySegment view(NDArray array) {
    try (var _ = new NDScope()) {
      var memory = segment(array);
      if (memory.address() != segment(array).address()) { // each is a copy of its own
        throw new IllegalArgumentException(
            "The array " + array.getShape() + " is not contiguous: view its duplicate().");
      }
      return memory;
    }
  }

  /// A copy of a float32 array of any layout.
  public static float[] toFloats(NDArray array) {
    expect(array, DataType.FLOAT32);
    try (var _ = new NDScope()) {
      return segment(array).toArray(ValueLayout.JAVA_FLOAT);
    }
  }

  /// A copy of a float64 array of any layout.
  public static double[] toDoubles(NDArray array) {
    expect(array, DataType.FLOAT64);
    try (var _ = new NDScope()) {
      return segment(array).toArray(ValueLayout.JAVA_DOUBLE);
    }
  }

  /// A copy of a float64 matrix of any layout, row by row.
  public static double[][] toRows(NDArray matrix) {
    int columns = Math.toIntExact(matrix.getShape().get(1));
    var rows = new double[Math.toIntExact(matrix.getShape().get(0))][];
    var values = toDoubles(matrix);
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(values, row * columns, (row + 1) * columns);
    }
    return rows;
  }

  /// A copy of an int64 array of any layout.
  public static long[] toLongs(NDArray array) {
    expect(array, DataType.INT64);
    try (var _ = new NDScope()) {
      return segment(array).toArray(ValueLayout.JAVA_LONG);
    }
  }

  /// A new float32 array with a copy of the values; without dimensions it is `[values]`.
  public static NDArray ofFloats(NDManager manager, float[] values, long... dimensions) {
    return create(manager, MemorySegment.ofArray(values), DataType.FLOAT32, dimensions);
  }

  /// A new float64 array with a copy of the values; without dimensions it is `[values]`.
  public static NDArray ofDoubles(NDManager manager, double[] values, long... dimensions) {
    return create(manager, MemorySegment.ofArray(values), DataType.FLOAT64, dimensions);
  }

  /// A new float64 matrix with a copy of rows that all have as many columns; there may be none.
  public static NDArray ofRows(NDManager manager, double[][] rows, int columns) {
    var values = new double[Math.multiplyExact(rows.length, columns)];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(rows[row], 0, values, row * columns, columns);
    }
    return ofDoubles(manager, values, rows.length, columns);
  }

  /// A new int64 array with a copy of the values, such as token ids; without dimensions it is
  /// `[values]`.
  public static NDArray ofInts(NDManager manager, int[] values, long... dimensions) {
    return ofLongs(manager, Arrays.stream(values).asLongStream().toArray(), dimensions);
  }

  /// A new int64 array with a copy of the values; without dimensions it is `[values]`.
  public static NDArray ofLongs(NDManager manager, long[] values, long... dimensions) {
    return create(manager, MemorySegment.ofArray(values), DataType.INT64, dimensions);
  }

  /// A new uint8 array `[bytes]` with a copy of the bytes.
  public static NDArray ofBytes(NDManager manager, MemorySegment bytes) {
    return create(manager, bytes, DataType.UINT8);
  }

  /// Overwrites the array's memory in place with as many float32 values; its handle, its gradient
  /// and its manager stay.
  public static void write(NDArray array, float[] values) {
    expect(array, DataType.FLOAT32);
    fill(view(array), MemorySegment.ofArray(values));
  }

  /// The bytes of native memory that this process holds now, arrays and all else: differences tell
  /// what some work needs.
  ///
  /// @throws IllegalStateException where the C library does not tell
  public static long allocatedBytes() {
    return CLibrary.allocatedBytes()
        .orElseThrow(() ->
            new IllegalStateException(
                "This system does not tell how much native memory is in use: run on Linux with glibc 2.33 or later, or leave that measure out."));
  }

  /// The memory of a contiguous array, or of a contiguous copy that the innermost scope closes.
  static MemorySegment segment(NDArray array) {
    long bytes = array.size() * array.getDataType().getNumOfBytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "The array %s takes %d bytes, expected below 2 GiB: split it."
              .formatted(array.getShape(), bytes));
    }
    return MemorySegment.ofBuffer(array.toByteBuffer(true));
  }

  private static NDArray create(
      NDManager manager, MemorySegment values, DataType type, long... dimensions) {
    long count = values.byteSize() / type.getNumOfBytes();
    var shape = dimensions.length == 0 ? new Shape(count) : new Shape(dimensions);
    if (shape.size() != count) {
      throw new IllegalArgumentException(
          "The shape %s holds %d values, but %d were given.".formatted(shape, shape.size(), count));
    }
    var array = manager.create(shape, type);
    fill(segment(array), values);
    return array;
  }

  private static void fill(MemorySegment target, MemorySegment values) {
    if (target.byteSize() != values.byteSize()) {
      throw new IllegalArgumentException(
          "The array holds %d bytes, but %d were given."
              .formatted(target.byteSize(), values.byteSize()));
    }
    target.copyFrom(values);
  }

  private static void expect(NDArray array, DataType type) {
    if (array.getDataType() != type) {
      throw new IllegalArgumentException(
          "The array is %s, expected %s: convert it by toType first."
              .formatted(array.getDataType(), type));
    }
  }
}
