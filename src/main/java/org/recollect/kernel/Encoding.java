package org.recollect.kernel;

/// How vectors become what pages hold: rotated, measured, rounded and packed.
///
/// Implementations are stateless, may be shared between threads, and agree to the last bit: what is
/// stored does not depend on who stored it.
public interface Encoding {

  /// The orthonormal Walsh-Hadamard transform of `x[offset .. offset + width)`, in place; see
  /// [Hadamard].
  ///
  /// @param width a power of two
  void rotate(float[] x, int offset, int width);

  /// Codes vectors into a page and packs the codes. The page has checked the arguments.
  ///
  /// On a grid the codes are chosen on the grid as it is stored, after its scale and offset were
  /// rounded to half precision: `code = floor(clamp((x - offset) / scale, 0, largest) + 1/2)`. A
  /// cell whose scale is zero has the middle code everywhere. With a book, each group takes the
  /// point nearest to `x / rms`, where `rms` is the root mean square of the channels that share a
  /// radius, and then the radius is the one that fits the points best, `x . p / p . p`.
  ///
  /// @param at the first token, a multiple of the page's `groupTokens`
  /// @param rows `[tokens][channels]` from `offset` on, finite
  /// @param tokens a multiple of the page's `groupTokens`
  void write(Page page, int at, float[] rows, int offset, int tokens);

  /// What calibration wants to know of each channel.
  ///
  /// @param rows `[tokens][channels]`, finite, at least one token
  ChannelStatistics statistics(float[] rows, int channels);
}
