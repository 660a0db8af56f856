package org.recollect.kernel;

/// A code of one's own for the keys, or the values, of one token: anything that turns a vector into
/// a fixed number of bits and back. [PageFormat.Coded] makes a format of pages of it.
///
/// ```java
/// record Signs(int channels) implements TokenCode {
///   public int bits() { return 16 + channels; }
///
///   public void encode(float[] x, BitStream to) {
///     float sum = 0;
///     for (float each : x) sum += Math.abs(each);
///     to.putHalf(sum / channels);
///     for (float each : x) to.put(each < 0 ? 1 : 0, 1);
///   }
///
///   public void decode(BitStream from, float[] x) {
///     float size = from.takeHalf();
///     for (int c = 0; c < channels; c++) x[c] = from.take(1) == 0 ? size : -size;
///   }
/// }
/// ```
///
/// A code is stateless and used by several threads at once. Attention rebuilds every vector before
/// it uses it, so that a code is as fast as its `decode`.
public interface TokenCode {

  /// As it reads in tables, and what the results of a study are stored under: it must tell apart
  /// what codes differently. A record's own text does.
  default String name() {
    return toString();
  }

  /// Numbers of a vector.
  int channels();

  /// Bits of a coded vector, everything that decoding needs included; a page rounds them up to
  /// whole bytes.
  int bits();

  /// Codes a vector.
  ///
  /// @param vector `[channels]`, finite; not to be changed
  /// @param to at least `bits()` bits, empty
  void encode(float[] vector, BitStream to);

  /// Rebuilds a vector.
  ///
  /// @param from what [#encode] has put
  /// @param vector `[channels]`, to be filled with finite numbers
  void decode(BitStream from, float[] vector);

  /// Bytes of a coded vector.
  default int bytes() {
    return Math.ceilDiv(bits(), 8);
  }
}
