package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A few tokens on their way into a page, and what a thread needs to code them. Mutable, kept from
/// one write to the next.
///
/// Numbers and codes lie `[tokens][panels][width]`, `width` being the panel's channels, or code
/// rows, rounded up to whole vectors: loops run over all of them at once and never meet an end.
/// Both are native, so that the same bits can be read as floats and as integers.
final class SimdRows {

  private static final ThreadLocal<SimdRows> OF_THREAD = ThreadLocal.withInitial(SimdRows::new);

  /// Numbers that a block has at most, if it has more than one token: all stays in the nearest
  /// cache.
  private static final int BLOCK = 2048;

  private static final long EACH_BYTE = 0x0101010101010101L;

  MemorySegment numbers = MemorySegment.NULL;
  MemorySegment codes = MemorySegment.NULL;

  /// Numbers that were normalised, and those in another order.
  MemorySegment normal = MemorySegment.NULL;

  MemorySegment turned = MemorySegment.NULL;

  private MemorySegment packed = MemorySegment.NULL;

  /// Of each number: the step of its grid and the value of code 0, or whatever a coder needs.
  float[] scales = new float[0];

  float[] offsets = new float[0];

  /// Range of each cell, as integers in the order of the floats.
  int[] least = new int[0];

  int[] most = new int[0];

  int tokens;
  int panels;

  /// Channels of a panel, padding included.
  int width;

  private SimdRows() {}

  static SimdRows ofThread() {
    return OF_THREAD.get();
  }

  /// Tokens that are coded in one go.
  static int block(Page page) {
    int group = page.format().groupTokens();
    return group > 1 ? group : Math.max(1, BLOCK / (page.panels() * width(page)));
  }

  /// So many that codes, too, are eights of bytes.
  private static int width(Page page) {
    int multiple = Math.max(PanelLayout.LANE_MULTIPLE, 8 * page.layout().codeDimensions);
    return Math.ceilDiv(page.panelChannels(), multiple) * multiple;
  }

  /// Numbers, padding included.
  int count() {
    return tokens * panels * width;
  }

  /// Where a token's panel begins.
  int start(int token, int panel) {
    return (token * panels + panel) * width;
  }

  /// Takes `tokens` vectors of the page's channels from `rows` on.
  void load(Page page, float[] rows, int offset, int tokens) {
    this.tokens = tokens;
    int channels = page.panelChannels();
    width = width(page);
    panels = page.panels();
    reserve(count());
    if (channels == width) {
      MemorySegment.copy(rows, offset, numbers, JAVA_FLOAT_UNALIGNED, 0, count());
      return;
    }
    for (int i = 0; i < tokens * panels; i++) {
      MemorySegment.copy(
          rows, offset + i * channels, numbers, JAVA_FLOAT_UNALIGNED, 4L * i * width, channels);
    }
  }

  private void reserve(int count) {
    int room = count + 2 * PanelLayout.LANE_MULTIPLE;
    if (scales.length < room) {
      numbers = Arena.ofAuto().allocate(4L * room, 64);
      codes = Arena.ofAuto().allocate(4L * room, 64);
      normal = Arena.ofAuto().allocate(4L * room, 64);
      turned = Arena.ofAuto().allocate(4L * room, 64);
      packed = Arena.ofAuto().allocate(room, 64);
      scales = new float[room];
      offsets = new float[room];
      least = new int[room];
      most = new int[room];
    }
  }

  /// Packs the codes into the planes of a page, from token `at` on.
  ///
  /// @param codeRows codes of a panel
  /// @param codeWidth those and their padding, a multiple of 8
  void pack(Page page, int at, int codeRows, int codeWidth) {
    if (codeRows < codeWidth) {
      clearPadding(codeRows, codeWidth);
    }
    int bits = page.format().bits();
    for (int lowest = 0; lowest < bits; ) {
      int planeBits = PanelLayout.widestPlane(bits - lowest);
      long plane = page.layout().plane(lowest);
      for (int i = 0; i < tokens * panels; i++) {
        int token = i / panels;
        long panel = page.start(i - token * panels) + plane;
        if (page.isKeys()) {
          packColumn(page, panel, at + token, i * codeWidth, codeRows, lowest, planeBits);
        } else {
          packRow(page, panel, at + token, i * codeWidth, lowest, planeBits);
        }
      }
      lowest += planeBits;
    }
  }

  private void clearPadding(int codeRows, int codeWidth) {
    for (int i = 0; i < tokens * panels; i++) {
      codes.asSlice(i * codeWidth + codeRows, codeWidth - codeRows).fill((byte) 0);
    }
  }

  /// Keys: a token is one lane of all rows, whose bytes it fills alone.
  private void packColumn(
      Page page, long plane, int token, int from, int codeRows, int lowest, int planeBits) {
    long mask = ((1L << planeBits) - 1) * EACH_BYTE << lowest;
    int bytes = Math.ceilDiv(codeRows * planeBits, 8);
    for (int i = 0, code = from; i < bytes; i += planeBits, code += 8) {
      packed.set(JAVA_LONG_UNALIGNED, i, Long.compress(codes.get(JAVA_LONG_UNALIGNED, code), mask));
    }
    long at = plane + token;
    int lanes = page.layout().lanes;
    if (lanes == Page.TOKENS) {
      spread(packed, bytes, page.memory(), at);
    } else {
      for (int i = 0; i < bytes; i++, at += lanes) {
        page.memory().set(JAVA_BYTE, at, packed.get(JAVA_BYTE, i));
      }
    }
  }

  /// Over an ordinary page: as its stride is a constant, bounds are checked once and not each time.
  private static void spread(MemorySegment bytes, int count, MemorySegment to, long at) {
    for (int i = 0; i < count; i++) {
      to.set(JAVA_BYTE, at + (long) Page.TOKENS * i, bytes.get(JAVA_BYTE, i));
    }
  }

  /// Values: a token has its bits in each lane of one row of bytes.
  private void packRow(Page page, long plane, int token, int from, int lowest, int planeBits) {
    var memory = page.memory();
    int lanes = page.layout().lanes;
    int shift = PanelLayout.shift(token, planeBits);
    long mask = ((1L << planeBits) - 1) * EACH_BYTE;
    long others = ~(mask << shift);
    long at = plane + PanelLayout.row(token, planeBits, lanes);
    for (int lane = 0; lane < lanes; lane += 8) {
      long code = codes.get(JAVA_LONG_UNALIGNED, from + lane) >>> lowest & mask;
      long old = memory.get(JAVA_LONG_UNALIGNED, at + lane) & others;
      memory.set(JAVA_LONG_UNALIGNED, at + lane, old | code << shift);
    }
  }
}
