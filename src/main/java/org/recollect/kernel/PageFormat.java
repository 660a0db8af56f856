package org.recollect.kernel;

/// How the vectors of a [Page] are stored: as floating-point numbers, as codes on an affine grid,
/// as codes that name points of a book, or in any code that one writes.
///
/// A page is a matrix `[tokens][channels]`. [#bytes] is what such a matrix takes, metadata (scales,
/// offsets, radii) included; a page may hold a little more, because it rounds up to whole vectors.
public sealed interface PageFormat {

  /// Bytes of `tokens` vectors of `channels` numbers, scales and offsets included.
  long bytes(int tokens, int channels);

  /// How many consecutive tokens are coded together, and hence written together.
  int groupTokens();

  /// Bits of a code, or of a number where there are no codes.
  int bits();

  /// A floating-point representation.
  enum Precision {
    F32(4),
    F16(2),
    BF16(2);

    private final int bytes;

    Precision(int bytes) {
      this.bytes = bytes;
    }

    /// Bytes of one number.
    public int bytes() {
      return bytes;
    }
  }

  /// Plain floating-point numbers, token after token.
  record Floats(Precision precision) implements PageFormat {

    public static final Floats F32 = new Floats(Precision.F32);
    public static final Floats F16 = new Floats(Precision.F16);
    public static final Floats BF16 = new Floats(Precision.BF16);

    @Override
    public long bytes(int tokens, int channels) {
      return (long) tokens * channels * precision.bytes();
    }

    @Override
    public int groupTokens() {
      return 1;
    }

    @Override
    public int bits() {
      return 8 * precision.bytes();
    }
  }

  /// Codes of `bits` bits on a uniform grid. All numbers of a cell of `groupTokens x groupChannels`
  /// share one grid, kept as half-precision numbers:
  ///
  /// - asymmetric: `x = offset + scale * code` with `code` in `0 .. 2^bits - 1`, where the grid
  ///   spans the cell's `min .. max` shrunk about its middle by `clip`; 4 bytes a cell;
  /// - symmetric: `x = scale * code` with `code` in `-m .. m`, `m = 2^(bits-1) - 1`, and `scale =
  ///   clip * max|x| / m`; 2 bytes a cell.
  ///
  /// Every uniform quantiser of the field is a point of this format: per-token int8 is `(8, 1,
  /// headDim, symmetric)`, KIVI's keys are cells of 32 tokens x 1 channel and its values cells of 1
  /// x 32, RotateKV and round-to-nearest are 1 x group.
  ///
  /// @param bits bits of a code, 1 to 8 (2 to 8 when symmetric)
  /// @param groupTokens tokens of a cell
  /// @param groupChannels channels of a cell; the last cell of a vector may be narrower
  /// @param symmetric whether zero is the middle of the grid and no offset is stored
  /// @param clip the share of the cell's range that the grid spans, in (0, 1]; only coding uses it
  record Grid(int bits, int groupTokens, int groupChannels, boolean symmetric, double clip)
      implements PageFormat {

    public Grid {
      if (bits < (symmetric ? 2 : 1) || bits > 8) {
        throw new IllegalArgumentException(
            "A %s grid has codes of %d to 8 bits, not %d; use Floats for more precision."
                .formatted(symmetric ? "symmetric" : "asymmetric", symmetric ? 2 : 1, bits));
      }
      if (groupTokens < 1 || groupChannels < 1) {
        throw new IllegalArgumentException(
            "A cell of a grid has at least one token and one channel, not %d x %d."
                .formatted(groupTokens, groupChannels));
      }
      if (!(clip > 0 && clip <= 1)) {
        throw new IllegalArgumentException(
            "A clip ratio is in (0, 1], where 1 keeps the whole range; it was " + clip + ".");
      }
    }

    /// Cells of `1 x groupChannels` with an offset: each token is coded alone.
    public static Grid perToken(int bits, int groupChannels) {
      return new Grid(bits, 1, groupChannels, false, 1);
    }

    /// Cells of `groupTokens x 1` with an offset: each channel is coded over a run of tokens.
    public static Grid perChannel(int bits, int groupTokens) {
      return new Grid(bits, groupTokens, 1, false, 1);
    }

    /// The same grid with zero in its middle and no offset.
    public Grid centred() {
      return new Grid(bits, groupTokens, groupChannels, true, clip);
    }

    /// The same grid coded with another clip ratio.
    public Grid clipped(double ratio) {
      return new Grid(bits, groupTokens, groupChannels, symmetric, ratio);
    }

    /// The largest code, counted from 0.
    public int largestCode() {
      return symmetric ? (1 << bits) - 2 : (1 << bits) - 1;
    }

    int cellBytes() {
      return symmetric ? 2 : 4;
    }

    /// Bytes of one token's codes; each token starts on a byte.
    int rowBytes(int channels) {
      return (channels * bits + 7) / 8;
    }

    int cellsAcross(int channels) {
      return (channels + groupChannels - 1) / groupChannels;
    }

    @Override
    public long bytes(int tokens, int channels) {
      long cellsDown = (tokens + groupTokens - 1) / groupTokens;
      return (long) tokens * rowBytes(channels) + cellsDown * cellsAcross(channels) * cellBytes();
    }
  }

  /// Codes that name points of a book. With a radius for every `radiusChannels` channels of a
  /// token, `x = radius * point[code]`. Keys may name points of several dimensions; values are
  /// coded number by number, because a sum over tokens needs a table for every dimension.
  ///
  /// The dot product with a query needs one look-up a code in a table `q . point` that is made once
  /// a step. Coding normalises by the root mean square, takes the nearest point of each group, and
  /// then the radius that fits these points best or, if asked, the one that gives the channels
  /// their length back: points at an angle fit best when they are shortened. A radius is a
  /// half-precision number or, in 8 bits, the upper byte of one: five bits of exponent and three of
  /// fraction, so that it is off by 3 % as a rule and by 1/16 at most, and needs no scale beside
  /// it.
  ///
  /// @param book the points
  /// @param radiusChannels channels that share a radius, a multiple of the book's dimensions
  /// @param radiusBits of a radius, 16 or 8
  /// @param keepsLength whether vectors keep their length, and not the smallest error
  record Book(CodeBook book, int radiusChannels, int radiusBits, boolean keepsLength)
      implements PageFormat {

    public Book {
      if (radiusBits != 8 && radiusBits != 16) {
        throw new IllegalArgumentException(
            "A radius has 8 or 16 bits, not %d.".formatted(radiusBits));
      }
      if (radiusChannels < 1 || radiusChannels % book.dimensions() != 0) {
        throw new IllegalArgumentException(
            "A radius covers whole points of %d dimensions, not %d channels: give a multiple."
                .formatted(book.dimensions(), radiusChannels));
      }
    }

    /// Radii in half precision that fit best.
    public Book(CodeBook book, int radiusChannels) {
      this(book, radiusChannels, 16, false);
    }

    @Override
    public int bits() {
      return book.bits();
    }

    @Override
    public int groupTokens() {
      return 1;
    }

    @Override
    public long bytes(int tokens, int channels) {
      int codes = Math.ceilDiv(channels, book.dimensions());
      int radii = Math.ceilDiv(channels, radiusChannels);
      return tokens * ((codes * (long) bits() + 7) / 8 + radiusBits / 8L * radii);
    }
  }

  /// Vectors in a code of one's own: the open format. Each panel of a token is one vector of the
  /// code's channels, on whole bytes. Attention decodes page by page and then goes on as with plain
  /// numbers; a GPU, which runs no Java, refuses it.
  ///
  /// @param code turns a vector into bits and back
  record Coded(TokenCode code) implements PageFormat {

    public Coded {
      if (code.channels() < 1 || code.bits() < 1) {
        throw new IllegalArgumentException(
            "The code '%s' has %d bits for %d channels: both must be at least 1."
                .formatted(code.name(), code.bits(), code.channels()));
      }
    }

    /// Bits of a whole vector.
    @Override
    public int bits() {
      return code.bits();
    }

    @Override
    public int groupTokens() {
      return 1;
    }

    @Override
    public long bytes(int tokens, int channels) {
      return (long) tokens * (channels / code.channels()) * code.bytes();
    }
  }
}
