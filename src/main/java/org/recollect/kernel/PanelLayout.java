package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// Where the numbers of one panel of a [Page] lie: a matrix of rows and lanes, made so that vector
/// code reads 16 lanes at a time and finds one row's numbers beside each other.
///
/// | | row | lane |
/// |---|---|---|
/// | keys | channel | token |
/// | values | token | channel |
///
/// The number of lanes is rounded up to a multiple of 16. Floating-point numbers lie row after row.
/// Codes of `bits` bits are cut into planes of 8, 4, 2 or 1 bits, the widest first, which holds the
/// lowest bits (3 bits are 2 + 1). In a plane of `p` bits, `8/p` neighbouring rows share the byte
/// of a lane, the first of them its lowest bits; so one look-up of a byte serves several rows. A
/// point of a book covers several channels with one code row. Behind the codes lie the scales, and
/// behind those the offsets, as half-precision numbers or as radii of a byte, cell row after cell
/// row. Vectors in a code of one's own lie token after token, keys and values alike, and take the
/// form of rows and lanes when they are decoded.
public final class PanelLayout {

  /// Lanes are a multiple of this: of any vector's length.
  static final int LANE_MULTIPLE = 16;

  /// Rows and lanes, padding included.
  public final int rows;

  public final int lanes;

  /// Rows that share a code.
  public final int codeDimensions;

  /// Rows and lanes that share a scale; across is how many cells a row of cells has.
  public final int cellRows;

  public final int cellLanes;
  public final int across;

  /// Bytes of a scale, or of an offset.
  public final int cellBytes;

  /// Where scales and offsets begin, in bytes from the panel's start.
  public final long scales;

  public final long offsets;

  /// Bytes of the panel, a multiple of 64.
  public final long bytes;

  private final int bits;

  PanelLayout(PageFormat format, boolean keys, int channels, int capacity) {
    switch (format) {
      case Floats _, Grid _ -> {}
      case Book book -> requirePoints(book, keys, channels);
      case Coded coded -> requireVectors(coded, channels);
    }
    int usedLanes = keys ? capacity : channels;
    rows = keys ? channels : capacity;
    lanes = Math.ceilDiv(usedLanes, LANE_MULTIPLE) * LANE_MULTIPLE;
    bits = format.bits();
    codeDimensions = format instanceof Book book ? book.book().dimensions() : 1;
    int cellChannels =
        switch (format) {
          case Floats _, Coded _ -> channels;
          case Grid grid -> grid.groupChannels();
          case Book book -> book.radiusChannels();
        };
    cellRows = keys ? cellChannels : format.groupTokens();
    cellLanes = keys ? format.groupTokens() : cellChannels;
    cellBytes = format instanceof Book book ? book.radiusBits() / Byte.SIZE : Short.BYTES;
    across = cellLanes == 1 ? lanes : Math.ceilDiv(usedLanes, cellLanes);
    long cells = (long) Math.ceilDiv(rows, cellRows) * across * cellBytes;
    long end;
    if (format instanceof Floats floats) {
      scales = offsets = end = (long) rows * lanes * floats.precision().bytes();
    } else if (format instanceof Coded coded) {
      scales = offsets = end = (long) capacity * coded.code().bytes();
    } else {
      scales = planes(bits);
      offsets = scales + cells;
      boolean withOffset = format instanceof Grid grid && !grid.symmetric();
      end = withOffset ? offsets + cells : offsets;
    }
    bytes = Math.ceilDiv(end, 64) * 64;
  }

  /// The widest plane that codes of so many bits begin with.
  static int widestPlane(int bits) {
    return Integer.highestOneBit(bits);
  }

  /// Where the plane begins that holds the bits from `lowest` on, in bytes from the panel's start.
  long plane(int lowest) {
    return planes(lowest);
  }

  /// Where a row of a plane begins; its bits of each byte are shifted by [#shift].
  static long row(int codeRow, int planeBits, int lanes) {
    return (long) (codeRow * planeBits / 8) * lanes;
  }

  static int shift(int codeRow, int planeBits) {
    return codeRow * planeBits % 8;
  }

  int code(MemorySegment memory, long panel, int row, int lane) {
    int codeRow = row / codeDimensions;
    int code = 0;
    for (int lowest = 0; lowest < bits; ) {
      int width = widestPlane(bits - lowest);
      long at = panel + plane(lowest) + row(codeRow, width, lanes) + lane;
      int window = Byte.toUnsignedInt(memory.get(JAVA_BYTE, at));
      code |= (window >>> shift(codeRow, width) & (1 << width) - 1) << lowest;
      lowest += width;
    }
    return code;
  }

  void putCode(MemorySegment memory, long panel, int row, int lane, int code) {
    int codeRow = row / codeDimensions;
    for (int lowest = 0; lowest < bits; ) {
      int width = widestPlane(bits - lowest);
      long at = panel + plane(lowest) + row(codeRow, width, lanes) + lane;
      int mask = (1 << width) - 1;
      int shift = shift(codeRow, width);
      int others = memory.get(JAVA_BYTE, at) & ~(mask << shift);
      memory.set(JAVA_BYTE, at, (byte) (others | (code >>> lowest & mask) << shift));
      lowest += width;
    }
  }

  /// The place of a number's cell, in bytes from the first scale, or the first offset.
  long cell(int row, int lane) {
    return cellBytes * ((long) (row / cellRows) * across + lane / cellLanes);
  }

  /// Where a token's first cell has its scale, in bytes from the panel's start.
  long firstCell(boolean keys, int token) {
    return scales + (keys ? cell(0, token) : cell(token, 0));
  }

  /// Bytes of the planes of the lowest `upTo` bits.
  private long planes(int upTo) {
    int codeRows = Math.ceilDiv(rows, codeDimensions);
    long bytes = 0;
    for (int lowest = 0; lowest < upTo; ) {
      int width = widestPlane(bits - lowest);
      bytes += (long) Math.ceilDiv(codeRows * width, 8) * lanes;
      lowest += width;
    }
    return bytes;
  }

  private static void requirePoints(Book book, boolean keys, int channels) {
    int dimensions = book.book().dimensions();
    if (dimensions > 1 && !keys) {
      throw new IllegalArgumentException(
          "Values are coded number by number, not by points of %d dimensions: use a book of one dimension."
              .formatted(dimensions));
    }
    if (channels % dimensions != 0) {
      throw new IllegalArgumentException(
          "Points of %d dimensions do not divide %d channels: choose a book whose dimensions do."
              .formatted(dimensions, channels));
    }
  }

  private static void requireVectors(Coded coded, int channels) {
    if (coded.code().channels() != channels) {
      throw new IllegalArgumentException(
          "The code '%s' is for vectors of %d channels, but those to be stored have %d: make one for so many."
              .formatted(coded.code().name(), coded.code().channels(), channels));
    }
  }
}
