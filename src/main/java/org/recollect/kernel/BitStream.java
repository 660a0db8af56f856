package org.recollect.kernel;

import java.util.Arrays;

/// The bits of one coded vector, to which a [TokenCode] adds numbers one after another and from
/// which it takes them in the same order. Mutable: it stands behind the last number added or taken.
///
/// ```java
/// to.putHalf(norm);                 // 16 bits
/// to.put(code, 3);                  // 3 bits
/// float norm = from.takeHalf();
/// int code = from.take(3);
/// ```
public final class BitStream {

  private final byte[] bytes;
  private final int end;
  private int at;

  /// A stream of zeros.
  ///
  /// @param bits that fit, at least 1
  public BitStream(int bits) {
    if (bits < 1) {
      throw new IllegalArgumentException("A code has at least one bit, not " + bits + ".");
    }
    this.bytes = new byte[Math.ceilDiv(bits, 8)];
    this.end = bits;
  }

  /// Adds a number.
  ///
  /// @param code of which the lowest `bits` bits are taken
  /// @param bits 0 to 31
  /// @throws IllegalStateException if they do not fit
  public void put(int code, int bits) {
    require(bits);
    for (int done = 0; done < bits; ) {
      int width = Math.min(8 - at % 8, bits - done);
      bytes[at / 8] |= (byte) ((code >>> done & (1 << width) - 1) << at % 8);
      done += width;
      at += width;
    }
  }

  /// Takes the next number, in `0 .. 2^bits - 1`.
  ///
  /// @param bits 0 to 31
  /// @throws IllegalStateException if there are not so many left
  public int take(int bits) {
    require(bits);
    int code = 0;
    for (int done = 0; done < bits; ) {
      int width = Math.min(8 - at % 8, bits - done);
      code |= (Byte.toUnsignedInt(bytes[at / 8]) >>> at % 8 & (1 << width) - 1) << done;
      done += width;
      at += width;
    }
    return code;
  }

  /// Adds a number in half precision, 16 bits; what would round to infinity stays finite.
  ///
  /// @return the number as it is stored
  public float putHalf(float x) {
    short half = Page.finiteHalf(x);
    put(half, Short.SIZE);
    return Float.float16ToFloat(half);
  }

  /// Takes a number in half precision.
  public float takeHalf() {
    return Float.float16ToFloat((short) take(Short.SIZE));
  }

  /// Back to the start, to take what was put.
  public BitStream rewind() {
    at = 0;
    return this;
  }

  /// Back to the start of nothing but zeros.
  BitStream clear() {
    Arrays.fill(bytes, (byte) 0);
    return rewind();
  }

  byte[] bytes() {
    return bytes;
  }

  private void require(int bits) {
    if (bits < 0 || bits > 31) {
      throw new IllegalArgumentException(
          "Numbers of 0 to 31 bits are put and taken, not of %d: split it.".formatted(bits));
    }
    if (at + bits > end) {
      throw new IllegalStateException(
          "A code of %d bits ends before the %d after the first %d: let bits() say how many it has."
              .formatted(end, bits, at));
    }
  }
}
