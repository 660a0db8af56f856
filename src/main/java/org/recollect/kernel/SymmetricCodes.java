package org.recollect.kernel;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.DoubleUnaryOperator;

/// One row of numbers, rounded to the nearest point of a symmetric grid per group: `x = scale *
/// code` with `scale = max|x| / (2^(bits-1) - 1)` and an error of at most half a step.
///
/// A code of `bits` bits in two's complement reaches from `-2^(bits-1)`, but the grid being
/// symmetric, that one never occurs.
final class SymmetricCodes {

  /// The lowest bit of eight bytes.
  static final long LOWEST_BITS = 0x0101010101010101L;

  private final ColumnGroups groups;
  private final double[] scales;

  /// One byte a code; zeros behind each group up to a whole word of its planes.
  private final ByteBuffer codes;

  private SymmetricCodes(ColumnGroups groups) {
    this.groups = groups;
    this.scales = new double[groups.count()];
    int words = groups.wordsBefore(groups.count() - 1) + groups.words(groups.count() - 1);
    this.codes = ByteBuffer.allocate(words * ColumnGroups.WORD).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// Rounds the row that starts at `x[from]`.
  ///
  /// @param bits of a code, 2 to 8
  /// @param stored the scale as it will be kept, not smaller than what it is given
  /// @throws IllegalArgumentException if a number is not finite
  static SymmetricCodes of(
      float[] x, int from, ColumnGroups groups, int bits, DoubleUnaryOperator stored) {
    var row = new SymmetricCodes(groups);
    for (int group = 0; group < groups.count(); group++) {
      int start = from + groups.start(group);
      int end = start + groups.length(group);
      double scale = stored.applyAsDouble(reach(x, start, end) / largest(bits));
      row.scales[group] = scale;
      if (scale > 0) {
        byte[] codes = row.codes.array();
        int at = row.at(group, 0);
        for (int i = start; i < end; i++) {
          codes[at++] = (byte) Math.rint(x[i] / scale);
        }
      }
    }
    return row;
  }

  /// The largest code.
  static int largest(int bits) {
    return (1 << bits - 1) - 1;
  }

  static void requireBits(int bits) {
    if (bits < 2 || bits > 8) {
      throw new IllegalArgumentException(
          "Symmetric codes have 2 to 8 bits, not " + bits + ": choose a number between.");
    }
  }

  /// `max|x|` over a run.
  private static double reach(float[] x, int from, int to) {
    float reach = 0;
    for (int i = from; i < to; i++) {
      // Math.max keeps a NaN.
      reach = Math.max(reach, Math.abs(x[i]));
    }
    if (!Float.isFinite(reach)) {
      throw new IllegalArgumentException(
          "The numbers to round hold %s: they must be finite, so look where they were computed."
              .formatted(reach));
    }
    return reach;
  }

  double scale(int group) {
    return scales[group];
  }

  /// The code of a column counted within its group.
  int code(int group, int column) {
    return codes.get(at(group, 0) + column);
  }

  /// Bit `plane` of 32 codes: column `c` of the word at bit `c`.
  int word(int group, int word, int plane) {
    int at = at(group, word);
    long bits = LOWEST_BITS << plane;
    long low = Long.compress(codes.getLong(at), bits);
    long second = Long.compress(codes.getLong(at + 8), bits);
    long third = Long.compress(codes.getLong(at + 16), bits);
    long high = Long.compress(codes.getLong(at + 24), bits);
    return (int) (low | second << 8 | third << 16 | high << 24);
  }

  private int at(int group, int word) {
    return (groups.wordsBefore(group) + word) * ColumnGroups.WORD;
  }
}
