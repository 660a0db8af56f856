package org.recollect.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/// The product of [SimdProduct] over the codes of a book, for four queries, by look-ups in tables
/// of bytes. Half a byte of codes names one of 16 sums of coefficients times points; a vector of
/// bytes takes as many look-ups at once as it has lanes. Mutable: tables are built, then used.
///
/// A table holds `round((x - middle) / step) + 63`, at most 126, so that two look-ups add up within
/// a byte before they are widened to 16 bits. `step` is 1/126 of the range of the query's widest
/// table: a sum over `n` tables is off by at most `n step / 2`.
final class SimdTables {

  /// Queries that share each reading of the codes.
  static final int QUERIES = 4;

  /// Lanes of a vector of bytes.
  static final int W = Lanes.WIDE_BYTES.length();

  private static final int ENTRIES = 16;
  private static final int LEVELS = 126;
  private static final int V = Lanes.COUNT;

  /// A sum takes this and [#step] times the sum of look-ups.
  final float[] base = new float[QUERIES];

  final float[] step = new float[QUERIES];

  /// Sums of look-ups: for each query those of even lanes, then those of odd ones.
  final short[] sums = new short[QUERIES * W];

  private float[] middles = new float[0];
  private byte[] tables = new byte[0];
  private int halfBytes;

  /// Whether there are tables for so many rows and lanes of a panel: codes fill whole bytes, those
  /// that share half a byte share a book, and vectors of bytes fit into the lanes.
  static boolean serve(CodeBook book, int rows, int lanes) {
    return book.halfByteColumns() != null
        && (book.books() == 1 || book.bits() == 4)
        && rows % (2 * rowsTogether(book)) == 0
        && lanes % W == 0;
  }

  /// Channels, or tokens, that half a byte of codes covers.
  static int rowsTogether(CodeBook book) {
    return 4 / book.bits() * book.dimensions();
  }

  /// Builds the tables of up to four queries; what the others look up means nothing.
  ///
  /// @param firstRow of the panel, whose place decides the book
  /// @param rows a multiple of twice what half a byte covers
  /// @param coefficients that of query `q` and row `r` at `from + q * stride + r`
  void build(
      CodeBook book,
      int firstRow,
      int rows,
      float[] coefficients,
      int from,
      int stride,
      int queries) {
    int together = rowsTogether(book);
    halfBytes = rows / together;
    if (tables.length < QUERIES * halfBytes * W) {
      tables = new byte[QUERIES * halfBytes * W];
      middles = new float[halfBytes];
    }
    float[] columns = book.halfByteColumns();
    int period = columns.length / ENTRIES;
    for (int query = 0; query < queries; query++) {
      int c = from + query * stride;
      float widest = measure(book, columns, firstRow, rows, coefficients, c);
      double middle = 0;
      for (int n = 0; n < halfBytes; n++) {
        middle += middles[n];
      }
      step[query] = widest / LEVELS;
      base[query] = (float) (middle - 0.5 * LEVELS * step[query] * halfBytes);
      float scale = widest == 0 ? 0 : LEVELS / widest;
      for (int n = 0; n < halfBytes; n++) {
        // The half at the end rounds, because conversion cuts.
        float shift = 0.5f * LEVELS - middles[n] * scale + 0.5f;
        int column = (firstRow + n * together) % period * ENTRIES;
        int at = (query * halfBytes + n) * W;
        store(columns, column, coefficients, c + n * together, together, scale, shift, at);
      }
    }
  }

  /// Finds the middle of every table.
  ///
  /// @return the range of the widest
  private float measure(
      CodeBook book, float[] columns, int firstRow, int rows, float[] coefficients, int from) {
    int together = rowsTogether(book);
    int period = columns.length / ENTRIES;
    float widest = 0;
    for (int n = 0; n < halfBytes; n++) {
      float least = 0;
      float largest = 0;
      if (book.dimensions() == 1) {
        // Codes of their own: the extremes of a sum are the sums of the extremes.
        for (int i = 0; i < together; i++) {
          int group = (firstRow + n * together + i) % period;
          float c = coefficients[from + n * together + i];
          least += c * (c < 0 ? book.largest(group) : book.least(group));
          largest += c * (c < 0 ? book.least(group) : book.largest(group));
        }
      } else {
        least = Float.POSITIVE_INFINITY;
        largest = Float.NEGATIVE_INFINITY;
        int column = (firstRow + n * together) % period * ENTRIES;
        for (int e = 0; e < ENTRIES; e++) {
          float sum = 0;
          for (int i = 0; i < together; i++) {
            sum += coefficients[from + n * together + i] * columns[column + i * ENTRIES + e];
          }
          least = Math.min(least, sum);
          largest = Math.max(largest, sum);
        }
      }
      widest = Math.max(widest, largest - least);
      middles[n] = 0.5f * (largest + least);
    }
    return widest;
  }

  /// Stores `shift + scale * sum of coefficients times columns`, cut to whole numbers and repeated
  /// over a vector of bytes.
  private void store(
      float[] columns,
      int column,
      float[] coefficients,
      int from,
      int together,
      float scale,
      float shift,
      int at) {
    for (int e = 0; e < ENTRIES; e += V) {
      var sum = FloatVector.broadcast(Lanes.FLOATS, shift);
      for (int i = 0; i < together; i++) {
        var c = FloatVector.broadcast(Lanes.FLOATS, scale * coefficients[from + i]);
        sum = Lanes.floats(columns, column + i * ENTRIES + e).fma(c, sum);
      }
      var bytes = (ByteVector) sum.convertShape(VectorOperators.F2B, Lanes.BYTES, 0);
      for (int copy = at + e; copy < at + W; copy += ENTRIES) {
        bytes.intoArray(tables, copy);
      }
    }
  }

  /// Sums up look-ups over all rows of codes, for one vector of byte lanes.
  ///
  /// @param codes two half bytes in each byte; the row after starts `lanes` bytes later
  void lookUp(MemorySegment codes, long at, int lanes) {
    int stride = halfBytes * W;
    var a0 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var a1 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var b0 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var b1 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var c0 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var c1 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var d0 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var d1 = ShortVector.zero(Lanes.WIDE_SHORTS);
    for (int n = 0; n < halfBytes; n += 2) {
      long row = at + (long) (n / 2) * lanes;
      var pair = ByteVector.fromMemorySegment(Lanes.WIDE_BYTES, codes, row, LITTLE_ENDIAN);
      var low = pair.and((byte) 15);
      var high =
          pair.reinterpretAsShorts()
              .lanewise(VectorOperators.LSHR, 4)
              .reinterpretAsBytes()
              .and((byte) 15);
      int table = n * W;
      var x = both(low, high, tables, table);
      a0 = x.and((short) 255).add(a0);
      a1 = x.lanewise(VectorOperators.LSHR, 8).add(a1);
      x = both(low, high, tables, table + stride);
      b0 = x.and((short) 255).add(b0);
      b1 = x.lanewise(VectorOperators.LSHR, 8).add(b1);
      x = both(low, high, tables, table + 2 * stride);
      c0 = x.and((short) 255).add(c0);
      c1 = x.lanewise(VectorOperators.LSHR, 8).add(c1);
      x = both(low, high, tables, table + 3 * stride);
      d0 = x.and((short) 255).add(d0);
      d1 = x.lanewise(VectorOperators.LSHR, 8).add(d1);
    }
    a0.intoArray(sums, 0);
    a1.intoArray(sums, W / 2);
    b0.intoArray(sums, W);
    b1.intoArray(sums, 3 * W / 2);
    c0.intoArray(sums, 2 * W);
    c1.intoArray(sums, 5 * W / 2);
    d0.intoArray(sums, 3 * W);
    d1.intoArray(sums, 7 * W / 2);
  }

  private static ShortVector both(ByteVector low, ByteVector high, byte[] tables, int at) {
    return low.selectFrom(ByteVector.fromArray(Lanes.WIDE_BYTES, tables, at))
        .add(high.selectFrom(ByteVector.fromArray(Lanes.WIDE_BYTES, tables, at + W)))
        .reinterpretAsShorts();
  }
}
