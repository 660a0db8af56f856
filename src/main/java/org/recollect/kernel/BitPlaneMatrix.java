package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.DoubleUnaryOperator;

/// Weights `[rows][columns]` as integer codes of 2 to 8 bits, one bit plane beside the other, with
/// a half-precision scale per row and group of columns: what [IntegerProduct] multiplies with. The
/// arena that it was allocated in owns the memory.
///
/// Rounding is to the nearest and symmetric: `w = scale * code`, `scale = max|w| / (2^(bits-1) -
/// 1)` over the group, no calibration. The scale is rounded up to half precision, so that no code
/// is clipped and every weight is within half a stored step. A group whose scale would be below
/// `2^-24`, the smallest half, takes that one.
///
/// Bit `j` of the codes in two's complement is plane `j`; the highest plane counts negatively.
/// Planes lie in the order in which a vector kernel reads them, `[groups][blocks of 16
/// rows][planes][words][16 rows]` of 32-bit words: a word holds 32 columns of one row, and 16 rows
/// fill 64 bytes, one vector register of the widest kind. Rows are padded to whole blocks and
/// groups to whole words, so that groups should be multiples of 32. Scales lie `[groups][rows]`.
///
/// Source: FlexQ, "Efficient Post-training INT6 Quantization for LLM Serving via Algorithm-System
/// Co-Design" (2025): 6 bits in groups of 128 columns. Its layout feeds blocks of 8 rows x 128
/// columns to binary tensor cores; the one here is its counterpart for vector registers and is
/// ours, as are widths other than 6 and 8 bits and the rounding of scales upwards.
public final class BitPlaneMatrix {

  /// FlexQ's columns of a group.
  public static final int GROUP = 128;

  /// Rows whose words lie side by side.
  static final int BLOCK = 16;

  private static final int ALIGNMENT = 64;
  private static final float LARGEST_HALF = 65504;

  private final int rows;
  private final int bits;
  private final ColumnGroups groups;
  private final MemorySegment planes;
  private final MemorySegment scales;

  private BitPlaneMatrix(Arena arena, int rows, int bits, ColumnGroups groups) {
    this.rows = rows;
    this.bits = bits;
    this.groups = groups;
    this.planes =
        arena.allocate(planesAt(groups.count() - 1) + groupBytes(groups.count() - 1), ALIGNMENT);
    this.scales = arena.allocate(2L * groups.count() * paddedRows(), ALIGNMENT);
  }

  /// Rounds a matrix.
  ///
  /// @param weights `[rows][columns]`, finite
  /// @param bits of a code, 2 to 8
  /// @param groupColumns columns that share a scale, 1 to 65536; the last group of a row may be
  ///   shorter, and `columns` makes one group of each row
  /// @throws IllegalArgumentException if sizes do not agree, or a weight is not finite or too large
  ///   for a half-precision scale
  public static BitPlaneMatrix of(
      Arena arena, float[] weights, int rows, int columns, int bits, int groupColumns) {
    SymmetricCodes.requireBits(bits);
    var groups = new ColumnGroups(columns, groupColumns);
    if (rows < 1 || weights.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "%,d weights do not fill %d rows of %d columns: give the shape that they have."
              .formatted(weights.length, rows, columns));
    }
    var matrix = new BitPlaneMatrix(arena, rows, bits, groups);
    for (int row = 0; row < rows; row++) {
      matrix.write(
          row, SymmetricCodes.of(weights, row * columns, groups, bits, BitPlaneMatrix::roundedUp));
    }
    return matrix;
  }

  public int rows() {
    return rows;
  }

  public int columns() {
    return groups.columns();
  }

  /// Bits of a code, which is the number of planes.
  public int bits() {
    return bits;
  }

  /// Bytes held, padding and scales included.
  public long bytes() {
    return planes.byteSize() + scales.byteSize();
  }

  /// One weight, rebuilt from its code.
  public float weight(int row, int column) {
    int group = column / groups.size();
    return scale(row, group) * code(row, group, column - groups.start(group));
  }

  /// One row, rebuilt from its codes: what [#weight] gives, a word of each plane at a time.
  ///
  /// @param weights filled `[columns]`
  public void read(int row, float[] weights) {
    int unused = Byte.SIZE - bits;
    for (int group = 0; group < groups.count(); group++) {
      float scale = scale(row, group);
      for (int column = 0; column < groups.length(group); column += Byte.SIZE) {
        long eight = eightCodes(row, group, column);
        int last = Math.min(column + Byte.SIZE, groups.length(group));
        for (int c = column; c < last; c++) {
          int code = (byte) (eight << unused) >> unused;
          weights[groups.start(group) + c] = scale * code;
          eight >>>= Byte.SIZE;
        }
      }
    }
  }

  /// The codes of eight columns from one that is a multiple of eight on, a byte each, lowest first.
  private long eightCodes(int row, int group, int column) {
    long codes = 0;
    for (int plane = 0; plane < bits; plane++) {
      int word = word(row, group, plane, column / ColumnGroups.WORD);
      long ones = word >>> column % ColumnGroups.WORD & 0xFF;
      codes |= Long.expand(ones, SymmetricCodes.LOWEST_BITS) << plane;
    }
    return codes;
  }

  /// The rows of `x [m][columns]`, rounded in the groups of the weights; every product checks what
  /// it was given by asking for them.
  SymmetricCodes[] rounded(float[] x, int activationBits, float[] y) {
    SymmetricCodes.requireBits(activationBits);
    int count = x.length / columns();
    if (x.length % columns() != 0 || y.length != (long) count * rows) {
      throw new IllegalArgumentException(
          "A matrix of %d x %d takes rows of %d numbers to rows of %d; given were %,d numbers for %,d."
              .formatted(rows, columns(), columns(), rows, x.length, y.length));
    }
    var rounded = new SymmetricCodes[count];
    for (int row = 0; row < count; row++) {
      rounded[row] =
          SymmetricCodes.of(
              x, row * columns(), groups, activationBits, DoubleUnaryOperator.identity());
    }
    return rounded;
  }

  ColumnGroups groups() {
    return groups;
  }

  /// Rows with the zero rows behind them.
  int paddedRows() {
    return Math.ceilDiv(rows, BLOCK) * BLOCK;
  }

  /// The step of a row's codes in a group.
  float scale(int row, int group) {
    return Float.float16ToFloat(scales.getAtIndex(JAVA_SHORT, scaleAt(group, row)));
  }

  /// The code of a column counted within its group.
  int code(int row, int group, int column) {
    int code = 0;
    for (int plane = 0; plane < bits; plane++) {
      int word = word(row, group, plane, column / ColumnGroups.WORD);
      code |= (word >>> column % ColumnGroups.WORD & 1) << plane;
    }
    int unused = Integer.SIZE - bits;
    return code << unused >> unused;
  }

  /// Bit `plane` of 32 codes.
  int word(int row, int group, int plane, int word) {
    return planes.get(JAVA_INT, wordAt(row, group, plane, word));
  }

  /// The native memory of the planes, for the kernels.
  MemorySegment planes() {
    return planes;
  }

  /// Where the planes of a group start, in bytes.
  long planesAt(int group) {
    return planeBytes(groups.wordsBefore(group)) * bits;
  }

  /// Copies the scales of all rows in a group, as half-precision numbers.
  void copyScales(int group, short[] halves) {
    MemorySegment.copy(scales, JAVA_SHORT, 2 * scaleAt(group, 0), halves, 0, paddedRows());
  }

  private void write(int row, SymmetricCodes codes) {
    for (int group = 0; group < groups.count(); group++) {
      scales.setAtIndex(
          JAVA_SHORT, scaleAt(group, row), Float.floatToFloat16((float) codes.scale(group)));
      for (int plane = 0; plane < bits; plane++) {
        for (int word = 0; word < groups.words(group); word++) {
          planes.set(JAVA_INT, wordAt(row, group, plane, word), codes.word(group, word, plane));
        }
      }
    }
  }

  private long scaleAt(int group, int row) {
    return (long) group * paddedRows() + row;
  }

  private long wordAt(int row, int group, int plane, int word) {
    int words = groups.words(group);
    long line = ((long) (row / BLOCK) * bits + plane) * words + word;
    return planesAt(group) + (line * BLOCK + row % BLOCK) * Integer.BYTES;
  }

  private long groupBytes(int group) {
    return planeBytes(groups.words(group)) * bits;
  }

  /// Bytes of one plane of all rows.
  private long planeBytes(int words) {
    return (long) words * paddedRows() * Integer.BYTES;
  }

  /// The smallest half-precision number that is not below a scale.
  private static double roundedUp(double scale) {
    if (scale > LARGEST_HALF) {
      throw new IllegalArgumentException(
          "These weights need a step of %.3g, but a half-precision scale ends at %.0f: divide the matrix by a constant and multiply its products by it."
              .formatted(scale, LARGEST_HALF));
    }
    short half = Float.floatToFloat16((float) scale);
    return Float.float16ToFloat(Float.float16ToFloat(half) < scale ? (short) (half + 1) : half);
  }
}
