package org.recollect.tensor;

import ai.djl.ndarray.types.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// How a safetensors file stores a number. Files are little-endian, as is every platform of
/// LibTorch.
public enum Dtype {
  /// IEEE 754 single precision.
  F32(4),
  /// IEEE 754 half precision.
  F16(2),
  /// The upper half of single precision.
  BF16(2),
  /// Integers in two's complement.
  I64(8),
  /// Bytes that stand for themselves, such as packed codes.
  U8(1);

  private static final ValueLayout.OfShort HALF = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfFloat SINGLE = ValueLayout.JAVA_FLOAT;

  private final int bytes;

  Dtype(int bytes) {
    this.bytes = bytes;
  }

  /// How many bytes a number takes in the file.
  public int bytes() {
    return bytes;
  }

  /// The type of array that it is read to.
  DataType arrayType() {
    return switch (this) {
      case I64 -> DataType.INT64;
      case U8 -> DataType.UINT8;
      case F32, F16, BF16 -> DataType.FLOAT32;
    };
  }

  /// Converts stored numbers to an array's own.
  void decode(MemorySegment stored, MemorySegment values) {
    switch (this) {
      case F32, I64, U8 -> values.copyFrom(stored);
      case F16, BF16 -> {
        for (long i = 0; i < stored.byteSize() / bytes; i++) {
          values.setAtIndex(SINGLE, i, widen(stored.get(HALF, i * bytes)));
        }
      }
    }
  }

  /// Converts an array's numbers to stored ones, rounding to the nearest, ties to even.
  void encode(MemorySegment values, MemorySegment stored) {
    switch (this) {
      case F32, I64, U8 -> stored.copyFrom(values);
      case F16, BF16 -> {
        for (long i = 0; i < stored.byteSize() / bytes; i++) {
          stored.set(HALF, i * bytes, narrow(values.getAtIndex(SINGLE, i)));
        }
      }
    }
  }

  private float widen(short bits) {
    return this == F16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
  }

  private short narrow(float value) {
    if (this == F16) {
      return Float.floatToFloat16(value);
    }
    if (Float.isNaN(value)) {
      return 0x7FC0; // rounding could carry a NaN into infinity
    }
    int bits = Float.floatToRawIntBits(value);
    int tiesToEven = 0x7FFF + (bits >>> 16 & 1);
    return (short) (bits + tiesToEven >>> 16);
  }
}
