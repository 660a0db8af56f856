package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// The keys, or the values, of a run of tokens: a matrix `[tokens][channels]` in native memory,
/// 64-byte aligned, in one [PageFormat]. Mutable: tokens are written, and overwritten, in runs of
/// `groupTokens`. The arena that it was allocated in owns the memory.
///
/// The channels fall into panels that lie one after another and are coded apart: one for each head,
/// or for each group of heads that are coded as one vector. How a panel lies in memory is the
/// matter of [PanelLayout].
public final class Page {

  /// Tokens of an ordinary page.
  public static final int TOKENS = 64;

  /// The last byte before those of infinity.
  private static final int LARGEST_RADIUS = 0x7c00 - 1 >>> 7;

  private final PageFormat format;
  private final boolean keys;
  private final int panels;
  private final int panelChannels;
  private final int capacity;
  private final PanelLayout layout;
  private final MemorySegment memory;
  private long version;
  private int written;

  private Page(
      Arena arena, PageFormat format, boolean keys, int panels, int channels, int capacity) {
    if (panels < 1 || channels < 1 || channels % panels != 0) {
      throw new IllegalArgumentException(
          "A page has at least one channel in each of its panels, all alike; asked for %d panels of %d channels in all."
              .formatted(panels, channels));
    }
    if (capacity < 1 || capacity % format.groupTokens() != 0) {
      throw new IllegalArgumentException(
          "A page of this format holds a positive multiple of %d tokens; asked for %d."
              .formatted(format.groupTokens(), capacity));
    }
    this.format = format;
    this.keys = keys;
    this.panels = panels;
    this.panelChannels = channels / panels;
    this.capacity = capacity;
    this.layout = new PanelLayout(format, keys, panelChannels, capacity);
    this.memory = arena.allocate(panels * layout.bytes, 64);
  }

  /// An empty page of keys, laid out for sums over channels.
  ///
  /// @param panels groups of channels that are coded apart
  /// @param channels of a token in all
  /// @param capacity tokens, a multiple of the format's `groupTokens`
  /// @throws IllegalArgumentException if panels, channels and capacity do not fit together
  public static Page keys(Arena arena, PageFormat format, int panels, int channels, int capacity) {
    return new Page(arena, format, true, panels, channels, capacity);
  }

  /// An empty page of values, laid out for sums over tokens. Parameters as for [#keys].
  public static Page values(
      Arena arena, PageFormat format, int panels, int channels, int capacity) {
    return new Page(arena, format, false, panels, channels, capacity);
  }

  public PageFormat format() {
    return format;
  }

  /// Whether this is a page of keys, and not of values.
  public boolean isKeys() {
    return keys;
  }

  /// Groups of channels that are coded apart.
  public int panels() {
    return panels;
  }

  /// Channels of a token, in all panels.
  public int channels() {
    return panels * panelChannels;
  }

  /// Tokens that fit.
  public int capacity() {
    return capacity;
  }

  /// Bytes held, whether or not they are in use yet.
  public long bytes() {
    return memory.byteSize();
  }

  /// How often the page has been written to: a copy of the same version is the same.
  public long version() {
    return version;
  }

  /// Tokens from the first to the last that was ever written.
  int written() {
    return written;
  }

  /// The native memory itself, for the kernels.
  public MemorySegment memory() {
    return memory;
  }

  /// Writes `tokens` vectors, `rows [tokens][channels]` from `offset` on, at token `at`. The
  /// kernels in use do the coding, see [Encoding].
  ///
  /// @throws IllegalArgumentException if the run is not whole cells, exceeds the page or the array,
  ///   or holds a number that is not finite; the page is as it was
  public void write(int at, float[] rows, int offset, int tokens) {
    int group = format.groupTokens();
    if (at < 0 || at % group != 0 || tokens % group != 0 || at + tokens > capacity) {
      throw new IllegalArgumentException(
          "Tokens are written in runs of %d inside a page of %d; asked to write %d at %d."
              .formatted(group, capacity, tokens, at));
    }
    if (offset < 0 || offset + (long) tokens * channels() > rows.length) {
      throw new IllegalArgumentException(
          "%d tokens of %d channels from %d on do not fit into an array of %d numbers."
              .formatted(tokens, channels(), offset, rows.length));
    }
    requireFinite(rows, offset, tokens);
    version++;
    written = Math.max(written, at + tokens);
    Kernels.encoding().write(this, at, rows, offset, tokens);
  }

  /// Takes over all that another page of the same format and shape held, as its [#memory] gave it.
  ///
  /// @throws IllegalArgumentException if it is not as long as this page
  public void restore(MemorySegment bytes) {
    if (bytes.byteSize() != memory.byteSize()) {
      throw new IllegalArgumentException(
          "A page of this format and shape has %d bytes, not %d: restore it with the policy that wrote it."
              .formatted(memory.byteSize(), bytes.byteSize()));
    }
    version++;
    memory.copyFrom(bytes);
  }

  /// Takes over a token of another page of the same format and shape, code by code: nothing is
  /// rounded again.
  ///
  /// @throws IllegalArgumentException if the pages are not alike, or code several tokens together
  public void copy(int at, Page other, int token) {
    if (!format.equals(other.format)
        || keys != other.keys
        || panels != other.panels
        || panelChannels != other.panelChannels
        || format.groupTokens() > 1) {
      throw new IllegalArgumentException(
          "Tokens are taken over between pages of one shape and format that code each by itself: write the rebuilt vectors instead.");
    }
    version++;
    for (int c = 0; c < channels(); c++) {
      if (format instanceof Floats floats) {
        putNumber(floats, at, c, other.number(token, c));
      } else {
        putCode(at, c, other.code(token, c));
        putScale(at, c, other.scale(token, c));
        if (format instanceof Grid grid && !grid.symmetric()) {
          putOffset(at, c, other.offset(token, c));
        }
      }
    }
  }

  /// Reads what is stored of one token, rebuilt from its codes, into `row[offset ..]`.
  public void read(int token, float[] row, int offset) {
    if (format instanceof Coded coded) {
      var vectors = new CodedVectors(this, coded);
      for (int panel = 0; panel < panels; panel++) {
        int to = offset + panel * panelChannels;
        System.arraycopy(vectors.read(token, panel), 0, row, to, panelChannels);
      }
      return;
    }
    for (int c = 0; c < channels(); c++) {
      row[offset + c] = number(token, c);
    }
  }

  /// One number, rebuilt from its code.
  float number(int token, int channel) {
    return switch (format) {
      case Floats floats -> number(floats, token, channel);
      case Grid _ -> offset(token, channel) + scale(token, channel) * code(token, channel);
      case Book book -> {
        int inPanel = channel % panelChannels;
        int dimensions = book.book().dimensions();
        float x =
            book.book().number(inPanel / dimensions, code(token, channel), inPanel % dimensions);
        yield scale(token, channel) * x;
      }
      case Coded coded ->
          new CodedVectors(this, coded)
              .read(token, channel / panelChannels)[channel % panelChannels];
    };
  }

  /// One code, counted from 0.
  int code(int token, int channel) {
    return layout.code(memory, panel(channel), row(token, channel), lane(token, channel));
  }

  void putCode(int token, int channel, int code) {
    layout.putCode(memory, panel(channel), row(token, channel), lane(token, channel), code);
  }

  /// The step of the grid, or the radius of the points, that a number belongs to.
  float scale(int token, int channel) {
    long at = cell(layout.scales, token, channel);
    return layout.cellBytes == 1 ? radius(memory.get(JAVA_BYTE, at)) : half(at);
  }

  /// The value of code 0 on the grid that holds this number.
  float offset(int token, int channel) {
    var grid = (Grid) format;
    return grid.symmetric()
        ? -scale(token, channel) * (grid.largestCode() / 2)
        : half(cell(layout.offsets, token, channel));
  }

  /// Half precision saturates here: an infinity would poison every logit of the cell.
  void putScale(int token, int channel, double x) {
    putScale(cell(layout.scales, token, channel), (float) x);
  }

  /// Stores a scale, or a radius, at its place in bytes.
  void putScale(long at, float x) {
    if (layout.cellBytes == 1) {
      memory.set(JAVA_BYTE, at, radiusByte(x));
    } else {
      putHalf(at, x);
    }
  }

  void putOffset(int token, int channel, double x) {
    putHalf(cell(layout.offsets, token, channel), (float) x);
  }

  /// Stores one number of a floating-point page.
  void putNumber(Floats floats, int token, int channel, float x) {
    long at = at(floats, token, channel);
    switch (floats.precision()) {
      case F32 -> memory.set(JAVA_FLOAT_UNALIGNED, at, x);
      case F16 -> putHalf(at, x);
      case BF16 -> memory.set(JAVA_SHORT_UNALIGNED, at, brain(x));
    }
  }

  /// How each of its panels lies in memory.
  public PanelLayout layout() {
    return layout;
  }

  /// Where a panel starts, in bytes.
  long start(int panel) {
    return panel * layout.bytes;
  }

  /// Channels of each panel.
  public int panelChannels() {
    return panelChannels;
  }

  private float number(Floats floats, int token, int channel) {
    long at = at(floats, token, channel);
    return switch (floats.precision()) {
      case F32 -> memory.get(JAVA_FLOAT_UNALIGNED, at);
      case F16 -> half(at);
      case BF16 -> Float.intBitsToFloat(memory.get(JAVA_SHORT_UNALIGNED, at) << 16);
    };
  }

  private long at(Floats floats, int token, int channel) {
    long index = (long) row(token, channel) * layout.lanes + lane(token, channel);
    return panel(channel) + index * floats.precision().bytes();
  }

  private long panel(int channel) {
    return start(channel / panelChannels);
  }

  private int row(int token, int channel) {
    return keys ? channel % panelChannels : token;
  }

  private int lane(int token, int channel) {
    return keys ? token : channel % panelChannels;
  }

  private long cell(long region, int token, int channel) {
    return panel(channel) + region + layout.cell(row(token, channel), lane(token, channel));
  }

  private float half(long at) {
    return Float.float16ToFloat(memory.get(JAVA_SHORT_UNALIGNED, at));
  }

  private void putHalf(long at, float x) {
    memory.set(JAVA_SHORT_UNALIGNED, at, finiteHalf(x));
  }

  /// The nearest half-precision number; what would round to infinity stays finite.
  static short finiteHalf(float x) {
    short half = Float.floatToFloat16(x);
    return (half & 0x7fff) == 0x7c00 ? (short) (half - 1) : half;
  }

  /// The radius of a byte: the upper one of a half-precision number, without its sign.
  static float radius(byte upper) {
    return Float.float16ToFloat((short) ((upper & 0xff) << 7));
  }

  /// The byte of the radius that is nearest to `x`, which is not negative.
  static byte radiusByte(float x) {
    return (byte) Math.min(finiteHalf(x) + (1 << 6) >>> 7, LARGEST_RADIUS);
  }

  /// The nearest bfloat16, ties to even; what would round to infinity stays finite.
  private static short brain(float x) {
    int bits = Float.floatToRawIntBits(x);
    int rounded = bits + 0x7fff + (bits >>> 16 & 1) >>> 16;
    return (short) ((rounded & 0x7fff) == 0x7f80 ? rounded - 1 : rounded);
  }

  private void requireFinite(float[] rows, int offset, int tokens) {
    // A sum of zeros is zero unless one of the numbers was infinite or not a number.
    float probe = 0;
    for (int i = offset; i < offset + tokens * channels(); i++) {
      probe += 0 * rows[i];
    }
    if (probe != 0) {
      for (int i = offset; i < offset + tokens * channels(); i++) {
        if (!Float.isFinite(rows[i])) {
          throw new IllegalArgumentException(
              "Channel %d of token %d to store is %s: keys and values must be finite."
                  .formatted((i - offset) % channels(), (i - offset) / channels(), rows[i]));
        }
      }
    }
  }
}
