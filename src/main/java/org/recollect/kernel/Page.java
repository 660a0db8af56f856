package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// A matrix `[tokens][channels]` in native memory, 64-byte aligned, in one [PageFormat]. Mutable:
/// tokens are written, and overwritten, in runs of `groupTokens`. The arena that it was allocated
/// in owns the memory.
///
/// Layout of a grid: first the codes, token after token, each token's codes packed without gaps
/// from the least significant bit of a byte; then the cells, cell row after cell row, each a
/// half-precision scale followed, where there is one, by a half-precision offset.
public final class Page {

  /// Tokens of an ordinary page.
  public static final int TOKENS = 64;

  private static final float LARGEST_HALF = 65504;

  private final PageFormat format;
  private final int channels;
  private final int capacity;
  private final MemorySegment memory;

  private Page(PageFormat format, int channels, int capacity, MemorySegment memory) {
    this.format = format;
    this.channels = channels;
    this.capacity = capacity;
    this.memory = memory;
  }

  /// An empty page.
  ///
  /// @param capacity tokens, a multiple of the format's `groupTokens`
  public static Page allocate(Arena arena, PageFormat format, int channels, int capacity) {
    if (channels < 1 || capacity < 1 || capacity % format.groupTokens() != 0) {
      throw new IllegalArgumentException(
          "A page has at least one channel and a positive multiple of %d tokens; asked for %d tokens of %d channels."
              .formatted(format.groupTokens(), capacity, channels));
    }
    return new Page(
        format, channels, capacity, arena.allocate(format.bytes(capacity, channels), 64));
  }

  public PageFormat format() {
    return format;
  }

  public int channels() {
    return channels;
  }

  /// Tokens that fit.
  public int capacity() {
    return capacity;
  }

  /// Bytes held, whether or not they are in use yet.
  public long bytes() {
    return memory.byteSize();
  }

  /// The native memory itself, for the kernels.
  public MemorySegment memory() {
    return memory;
  }

  /// Writes `tokens` vectors, `rows [tokens][channels]` from `offset` on, at token `at`.
  ///
  /// @throws IllegalArgumentException if the run is not whole cells, or exceeds the page or the
  ///   array
  public void write(int at, float[] rows, int offset, int tokens) {
    int group = format.groupTokens();
    if (at < 0 || at % group != 0 || tokens % group != 0 || at + tokens > capacity) {
      throw new IllegalArgumentException(
          "Tokens are written in runs of %d inside a page of %d; asked to write %d at %d."
              .formatted(group, capacity, tokens, at));
    }
    if (offset < 0 || offset + (long) tokens * channels > rows.length) {
      throw new IllegalArgumentException(
          "%d tokens of %d channels from %d on do not fit into an array of %d numbers."
              .formatted(tokens, channels, offset, rows.length));
    }
    switch (format) {
      case Floats floats -> writeFloats(floats, at, rows, offset, tokens);
      case Grid grid -> {
        for (int row = 0; row < tokens; row += group) {
          for (int channel = 0; channel < channels; channel += grid.groupChannels()) {
            writeCell(grid, at + row, channel, rows, offset + row * channels);
          }
        }
      }
    }
  }

  /// Reads what is stored of one token, rebuilt from its codes, into `row[offset ..]`.
  public void read(int token, float[] row, int offset) {
    switch (format) {
      case Floats floats -> {
        for (int c = 0; c < channels; c++) {
          row[offset + c] = number(floats, token, c);
        }
      }
      case Grid grid -> {
        for (int cell = 0; cell < channels; cell += grid.groupChannels()) {
          float scale = scale(grid, token, cell);
          float zero = offset(grid, token, cell);
          int end = Math.min(channels, cell + grid.groupChannels());
          for (int c = cell; c < end; c++) {
            row[offset + c] = zero + scale * code(grid, token, c);
          }
        }
      }
    }
  }

  /// One number of a floating-point page.
  float number(Floats floats, int token, int channel) {
    long at = ((long) token * channels + channel) * floats.precision().bytes();
    return switch (floats.precision()) {
      case F32 -> memory.get(JAVA_FLOAT_UNALIGNED, at);
      case F16 -> half(at);
      case BF16 -> Float.intBitsToFloat(memory.get(JAVA_SHORT_UNALIGNED, at) << 16);
    };
  }

  /// One code, counted from 0.
  int code(Grid grid, int token, int channel) {
    int bit = channel * grid.bits();
    long at = (long) token * grid.rowBytes(channels) + bit / 8;
    int shift = bit % 8;
    int window = Byte.toUnsignedInt(memory.get(JAVA_BYTE, at));
    if (shift + grid.bits() > 8) {
      window |= Byte.toUnsignedInt(memory.get(JAVA_BYTE, at + 1)) << 8;
    }
    return (window >>> shift) & ((1 << grid.bits()) - 1);
  }

  /// The step of the grid that holds this number.
  float scale(Grid grid, int token, int channel) {
    return half(cell(grid, token, channel));
  }

  /// The value of code 0 on the grid that holds this number.
  float offset(Grid grid, int token, int channel) {
    return grid.symmetric()
        ? -scale(grid, token, channel) * (grid.largestCode() / 2)
        : half(cell(grid, token, channel) + 2);
  }

  private void writeFloats(Floats floats, int at, float[] rows, int offset, int tokens) {
    long first = (long) at * channels;
    for (int i = 0; i < tokens * channels; i++) {
      float x = rows[offset + i];
      switch (floats.precision()) {
        case F32 -> memory.set(JAVA_FLOAT_UNALIGNED, (first + i) * 4, x);
        case F16 -> putHalf((first + i) * 2, x);
        case BF16 -> memory.set(JAVA_SHORT_UNALIGNED, (first + i) * 2, brain(x));
      }
    }
  }

  /// Codes one cell whose first number is `rows[offset + channel]`. The codes are chosen on the
  /// grid as it is stored, after its scale and offset were rounded to half precision.
  private void writeCell(Grid grid, int token, int channel, float[] rows, int offset) {
    int end = Math.min(channels, channel + grid.groupChannels());
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < grid.groupTokens(); t++) {
      for (int c = channel; c < end; c++) {
        float x = rows[offset + t * channels + c];
        min = Math.min(min, x);
        max = Math.max(max, x);
      }
    }
    long cell = cell(grid, token, channel);
    if (grid.symmetric()) {
      float reach = Math.max(Math.abs(min), Math.abs(max));
      putHalf(cell, (float) (2 * grid.clip() * reach / grid.largestCode()));
    } else {
      double middle = 0.5 * ((double) min + max);
      double reach = 0.5 * grid.clip() * ((double) max - min);
      putHalf(cell, (float) (2 * reach / grid.largestCode()));
      putHalf(cell + 2, (float) (middle - reach));
    }
    float scale = scale(grid, token, channel);
    float zero = offset(grid, token, channel);
    for (int t = 0; t < grid.groupTokens(); t++) {
      for (int c = channel; c < end; c++) {
        float x = rows[offset + t * channels + c];
        int code = scale == 0 ? grid.largestCode() / 2 : Math.round((x - zero) / scale);
        putCode(grid, token + t, c, Math.clamp(code, 0, grid.largestCode()));
      }
    }
  }

  private void putCode(Grid grid, int token, int channel, int code) {
    int bit = channel * grid.bits();
    long at = (long) token * grid.rowBytes(channels) + bit / 8;
    int shift = bit % 8;
    int mask = ((1 << grid.bits()) - 1) << shift;
    int bits = code << shift;
    for (int b = 0; mask >>> (8 * b) != 0; b++) {
      int old = memory.get(JAVA_BYTE, at + b) & ~(mask >>> (8 * b));
      memory.set(JAVA_BYTE, at + b, (byte) (old | bits >>> (8 * b)));
    }
  }

  private long cell(Grid grid, int token, int channel) {
    long index =
        (long) (token / grid.groupTokens()) * grid.cellsAcross(channels)
            + channel / grid.groupChannels();
    return (long) capacity * grid.rowBytes(channels) + index * grid.cellBytes();
  }

  private float half(long at) {
    return Float.float16ToFloat(memory.get(JAVA_SHORT_UNALIGNED, at));
  }

  /// Half precision saturates here: an infinity would poison every logit of the cell.
  private void putHalf(long at, float x) {
    float finite = Math.clamp(x, -LARGEST_HALF, LARGEST_HALF);
    memory.set(JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(finite));
  }

  /// The nearest bfloat16, ties to even.
  private static short brain(float x) {
    int bits = Float.floatToRawIntBits(x);
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }
}
