package org.recollect.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/// The product of [SimdProduct] over the codes of a book, for four queries, by look-ups in tables.
/// Half a byte of codes names one of 16 sums of coefficients times points; a vector takes as many
/// look-ups at once as it has 16-bit lanes. Mutable: tables are built, then used.
///
/// A table holds `round((x - middle) / step)`, where `step` is 1/65000 of the sum of the ranges of
/// a query's tables, so that sums stay within 16 bits: a sum over `n` tables is off by at most `n
/// step / 2`, and by `sqrt(n / 12) step` as a rule.
final class SimdTables {

  /// Queries that share each reading of the codes.
  static final int QUERIES = 4;

  /// Byte lanes that one vector of 16-bit numbers holds.
  static final int W = 2 * Lanes.WIDE_SHORTS.length();

  static final int LEVELS = 65000;

  private static final int S = Lanes.WIDE_SHORTS.length();
  private static final int V = Lanes.COUNT;
  private static final int ENTRIES = 16;

  /// Added before a conversion that cuts, so that what is cut is positive.
  private static final int SIGNED = 1 << 15;

  private static final VectorMask<Float> EVEN = VectorMask.fromLong(Lanes.FLOATS, 0x5555);
  private static final VectorMask<Float> ODD = VectorMask.fromLong(Lanes.FLOATS, 0xaaaa);

  private final float[] base = new float[QUERIES];
  private final float[] step = new float[QUERIES];

  /// Sums of look-ups: for each query those of even lanes, then those of odd ones.
  private final short[] sums = new short[QUERIES * W + V];

  private float[] middles = new float[0];
  private short[] tables = new short[0];
  private int halfBytes;

  /// Whether there are tables for so many rows and lanes of a panel: codes fill whole bytes, those
  /// that share half a byte share a book, and vectors fit into the lanes.
  static boolean serve(CodeBook book, int rows, int lanes) {
    return S >= ENTRIES
        && book.halfByteColumns() != null
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
    if (tables.length < QUERIES * halfBytes * S) {
      tables = new short[QUERIES * halfBytes * S];
      middles = new float[halfBytes];
    }
    float[] columns = book.halfByteColumns();
    int period = columns.length / ENTRIES;
    for (int query = 0; query < queries; query++) {
      int c = from + query * stride;
      float ranges = measure(book, columns, firstRow, coefficients, c);
      float middle = 0;
      for (int n = 0; n < halfBytes; n++) {
        middle += middles[n];
      }
      base[query] = middle;
      step[query] = ranges / LEVELS;
      float scale = ranges == 0 ? 0 : LEVELS / ranges;
      int at = query * halfBytes * S;
      if (together == 2 && period == 2) {
        storeTwo(columns, coefficients, c, scale, at);
      } else if (together == 4 && period == 4) {
        storeFour(columns, coefficients, c, scale, at);
      } else {
        store(columns, firstRow, together, coefficients, c, scale, at);
      }
    }
  }

  /// Finds the middle of every table.
  ///
  /// @return the sum of their ranges
  private float measure(
      CodeBook book, float[] columns, int firstRow, float[] coefficients, int from) {
    return book.dimensions() == 1 && book.books() == 1
        ? measureLevels(book.least(0), book.largest(0), rowsTogether(book), coefficients, from)
        : measurePoints(columns, rowsTogether(book), firstRow, coefficients, from);
  }

  /// Codes of their own: the extremes of a sum are the sums of the extremes.
  private float measureLevels(
      float least, float largest, int together, float[] coefficients, int from) {
    float centre = 0.5f * (least + largest);
    float sizes = 0;
    for (int n = 0; n < halfBytes; n++) {
      float sum = 0;
      for (int i = from; i < from + together; i++) {
        sum += coefficients[i];
        sizes += Math.abs(coefficients[i]);
      }
      middles[n] = centre * sum;
      from += together;
    }
    return (largest - least) * sizes;
  }

  private float measurePoints(
      float[] columns, int together, int firstRow, float[] coefficients, int from) {
    int period = columns.length / ENTRIES;
    float ranges = 0;
    for (int n = 0; n < halfBytes; n++) {
      int column = (firstRow + n * together) % period * ENTRIES;
      float least = Float.POSITIVE_INFINITY;
      float largest = Float.NEGATIVE_INFINITY;
      for (int e = column; e < column + ENTRIES; e++) {
        float sum = 0;
        for (int i = 0; i < together; i++) {
          sum += coefficients[from + i] * columns[e + i * ENTRIES];
        }
        least = Math.min(least, sum);
        largest = Math.max(largest, sum);
      }
      ranges += largest - least;
      middles[n] = 0.5f * (largest + least);
      from += together;
    }
    return ranges;
  }

  /// Stores `scale * (sum of coefficients times columns - middle)`, rounded and repeated over a
  /// vector, for all half bytes.
  private void store(
      float[] columns,
      int firstRow,
      int together,
      float[] coefficients,
      int from,
      float scale,
      int at) {
    int period = columns.length / ENTRIES;
    for (int n = 0; n < halfBytes; n++) {
      int column = (firstRow + n * together) % period * ENTRIES;
      for (int e = 0; e < ENTRIES; e += V) {
        var sum = shift(n, scale);
        for (int i = 0; i < together; i++) {
          var c =
              FloatVector.broadcast(Lanes.FLOATS, scale * coefficients[from + n * together + i]);
          sum = Lanes.floats(columns, column + i * ENTRIES + e).fma(c, sum);
        }
        put(sum, at + n * S + e);
      }
    }
  }

  /// The same for two channels to a half byte and one book.
  private void storeTwo(float[] columns, float[] coefficients, int from, float scale, int at) {
    for (int e = 0; e < ENTRIES; e += V) {
      var first = Lanes.floats(columns, e).mul(scale);
      var second = Lanes.floats(columns, ENTRIES + e).mul(scale);
      for (int n = 0; n < halfBytes; n++) {
        var a = FloatVector.broadcast(Lanes.FLOATS, coefficients[from + 2 * n]);
        var b = FloatVector.broadcast(Lanes.FLOATS, coefficients[from + 2 * n + 1]);
        put(first.fma(a, second.fma(b, shift(n, scale))), at + n * S + e);
      }
    }
  }

  /// The same for four channels to a half byte and one book.
  private void storeFour(float[] columns, float[] coefficients, int from, float scale, int at) {
    for (int e = 0; e < ENTRIES; e += V) {
      var first = Lanes.floats(columns, e).mul(scale);
      var second = Lanes.floats(columns, ENTRIES + e).mul(scale);
      var third = Lanes.floats(columns, 2 * ENTRIES + e).mul(scale);
      var fourth = Lanes.floats(columns, 3 * ENTRIES + e).mul(scale);
      for (int n = 0; n < halfBytes; n++) {
        var a = FloatVector.broadcast(Lanes.FLOATS, coefficients[from + 4 * n]);
        var b = FloatVector.broadcast(Lanes.FLOATS, coefficients[from + 4 * n + 1]);
        var c = FloatVector.broadcast(Lanes.FLOATS, coefficients[from + 4 * n + 2]);
        var d = FloatVector.broadcast(Lanes.FLOATS, coefficients[from + 4 * n + 3]);
        put(
            first.fma(a, second.fma(b, third.fma(c, fourth.fma(d, shift(n, scale))))),
            at + n * S + e);
      }
    }
  }

  private FloatVector shift(int n, float scale) {
    return FloatVector.broadcast(Lanes.FLOATS, SIGNED + 0.5f - middles[n] * scale);
  }

  /// Puts whole numbers into a table, as often as they fit into a vector.
  private void put(FloatVector entries, int at) {
    var whole = entries.convert(VectorOperators.F2I, 0).lanewise(VectorOperators.SUB, SIGNED);
    var shorts = (ShortVector) whole.convertShape(VectorOperators.I2S, Lanes.SHORTS, 0);
    shorts.intoArray(tables, at);
    if (S > ENTRIES) {
      shorts.intoArray(tables, at + ENTRIES);
    }
  }

  /// Sums up look-ups over all rows of codes, for `W` lanes.
  ///
  /// @param codes four half bytes in each number, two of an even lane and two of the odd one beside
  ///   it; the row after starts `lanes / 2` numbers later
  void lookUp(short[] codes, int at, int lanes) {
    int stride = halfBytes * S;
    var a0 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var a1 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var b0 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var b1 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var c0 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var c1 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var d0 = ShortVector.zero(Lanes.WIDE_SHORTS);
    var d1 = ShortVector.zero(Lanes.WIDE_SHORTS);
    for (int n = 0; n < halfBytes; n += 2) {
      var x = ShortVector.fromArray(Lanes.WIDE_SHORTS, codes, at + n / 2 * (lanes / 2));
      var even0 = x.and((short) 15);
      var even1 = x.lanewise(VectorOperators.LSHR, 4).and((short) 15);
      var odd0 = x.lanewise(VectorOperators.LSHR, 8).and((short) 15);
      var odd1 = x.lanewise(VectorOperators.LSHR, 12);
      int table = n * S;
      var t0 = ShortVector.fromArray(Lanes.WIDE_SHORTS, tables, table);
      var t1 = ShortVector.fromArray(Lanes.WIDE_SHORTS, tables, table + S);
      a0 = even0.selectFrom(t0).add(even1.selectFrom(t1)).add(a0);
      a1 = odd0.selectFrom(t0).add(odd1.selectFrom(t1)).add(a1);
      t0 = ShortVector.fromArray(Lanes.WIDE_SHORTS, tables, table + stride);
      t1 = ShortVector.fromArray(Lanes.WIDE_SHORTS, tables, table + stride + S);
      b0 = even0.selectFrom(t0).add(even1.selectFrom(t1)).add(b0);
      b1 = odd0.selectFrom(t0).add(odd1.selectFrom(t1)).add(b1);
      t0 = ShortVector.fromArray(Lanes.WIDE_SHORTS, tables, table + 2 * stride);
      t1 = ShortVector.fromArray(Lanes.WIDE_SHORTS, tables, table + 2 * stride + S);
      c0 = even0.selectFrom(t0).add(even1.selectFrom(t1)).add(c0);
      c1 = odd0.selectFrom(t0).add(odd1.selectFrom(t1)).add(c1);
      t0 = ShortVector.fromArray(Lanes.WIDE_SHORTS, tables, table + 3 * stride);
      t1 = ShortVector.fromArray(Lanes.WIDE_SHORTS, tables, table + 3 * stride + S);
      d0 = even0.selectFrom(t0).add(even1.selectFrom(t1)).add(d0);
      d1 = odd0.selectFrom(t0).add(odd1.selectFrom(t1)).add(d1);
    }
    a0.intoArray(sums, 0);
    a1.intoArray(sums, S);
    b0.intoArray(sums, W);
    b1.intoArray(sums, W + S);
    c0.intoArray(sums, 2 * W);
    c1.intoArray(sums, 2 * W + S);
    d0.intoArray(sums, 3 * W);
    d1.intoArray(sums, 3 * W + S);
  }

  /// `to += factor * (base + step * sums)`, lane by lane.
  void addTo(int query, float[] factors, int lane, float[] to, int at) {
    var base = FloatVector.broadcast(Lanes.FLOATS, this.base[query]);
    var step = FloatVector.broadcast(Lanes.FLOATS, this.step[query]);
    for (int i = 0; i < S; i += V / 2) {
      var even = floats(query * W + i).expand(EVEN);
      var odd = floats(query * W + S + i).expand(ODD);
      even.add(odd)
          .fma(step, base)
          .fma(Lanes.floats(factors, lane + 2 * i), Lanes.floats(to, at + 2 * i))
          .intoArray(to, at + 2 * i);
    }
  }

  /// The same with factors of one.
  void addTo(int query, float[] to, int at) {
    var base = FloatVector.broadcast(Lanes.FLOATS, this.base[query]);
    var step = FloatVector.broadcast(Lanes.FLOATS, this.step[query]);
    for (int i = 0; i < S; i += V / 2) {
      var even = floats(query * W + i).expand(EVEN);
      var odd = floats(query * W + S + i).expand(ODD);
      even.add(odd).fma(step, base).add(Lanes.floats(to, at + 2 * i)).intoArray(to, at + 2 * i);
    }
  }

  private FloatVector floats(int at) {
    return (FloatVector) Lanes.shorts(sums, at).convert(VectorOperators.I2F, 0);
  }
}
