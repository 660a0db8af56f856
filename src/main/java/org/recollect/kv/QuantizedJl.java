package org.recollect.kv;

import org.recollect.kernel.BitStream;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.TokenCode;
import org.recollect.tensor.RandomStream;

/// A vector in points of a book, and what is missing in the signs of a Johnson-Lindenstrauss
/// projection (Zandieh, Daliri and Han, "QJL: 1-Bit Quantized JL Transform for KV Cache
/// Quantization with Zero Overhead", 2024, arXiv:2406.03482): the inner-product form of
/// [TurboQuant].
///
/// - `x ~ n/sqrt(d) * p`, with `n = |x|` in half precision and the points `p` nearest to `sqrt(d)
///   x/n`;
/// - the residual `r`, which that leaves, is kept as its norm, in half precision, and the signs of
///   `S r`, with `S [d][d]` of independent normal numbers, the same for all vectors;
/// - `r' = sqrt(pi/2)/d * |r| * S^T sign(S r)` has the expectation `r` over `S`, and therefore `x'
///   = n/sqrt(d) * p + r'` gives every inner product without bias.
///
/// `(bits + 1) d + 32` bits with a book of `bits` bits. Decoding takes `d^2` multiplications.
public final class QuantizedJl implements TokenCode {

  private final int channels;
  private final CodeBook book;
  private final long seed;
  private volatile float[] projection;

  /// @param channels of a vector
  /// @param book of numbers with variance 1
  /// @param seed of the projection
  public QuantizedJl(int channels, CodeBook book, long seed) {
    this.channels = channels;
    this.book = book;
    this.seed = seed;
  }

  @Override
  public String name() {
    return "QJL of %d bits, seed %d".formatted(book.bits() + 1, seed);
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public int bits() {
    return (book.bits() + 1) * channels + 2 * Short.SIZE;
  }

  @Override
  public void encode(float[] vector, BitStream to) {
    float scale = to.putHalf(norm(vector)) / (float) Math.sqrt(channels);
    float normal = scale == 0 ? 0 : 1 / scale;
    float[] residual = vector.clone();
    for (int c = 0; c < channels; c++) {
      int code = book.nearest(0, vector, c, normal);
      to.put(code, book.bits());
      residual[c] -= scale * book.number(0, code, 0);
    }
    to.putHalf(norm(residual));
    float[] rows = projection();
    for (int row = 0; row < channels; row++) {
      double projected = 0;
      for (int c = 0; c < channels; c++) {
        projected += rows[row * channels + c] * residual[c];
      }
      to.put(projected < 0 ? 1 : 0, 1);
    }
  }

  @Override
  public void decode(BitStream from, float[] vector) {
    float scale = from.takeHalf() / (float) Math.sqrt(channels);
    for (int c = 0; c < channels; c++) {
      vector[c] = scale * book.number(0, from.take(book.bits()), 0);
    }
    float length = from.takeHalf() * (float) (Math.sqrt(Math.PI / 2) / channels);
    float[] rows = projection();
    for (int row = 0; row < channels; row++) {
      float share = from.take(1) == 0 ? length : -length;
      for (int c = 0; c < channels; c++) {
        vector[c] += share * rows[row * channels + c];
      }
    }
  }

  /// `S [channels][channels]`. Two threads may make it, to the same numbers.
  private float[] projection() {
    var known = projection;
    if (known == null) {
      known = RandomStream.of(seed, "projection").gaussians(channels * channels);
      projection = known;
    }
    return known;
  }

  private static float norm(float[] x) {
    double squares = 0;
    for (float each : x) {
      squares += (double) each * each;
    }
    return (float) Math.sqrt(squares);
  }
}
