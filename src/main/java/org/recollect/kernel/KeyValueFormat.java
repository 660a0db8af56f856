package org.recollect.kernel;

import java.util.List;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// How a cache stores keys and values, by a short name. The constants are those of the field that
/// kernels are measured and compared in, for heads of 128 channels.
///
/// @param name in tables and plots
public record KeyValueFormat(String name, PageFormat keys, PageFormat values) {

  /// Channels of a head, whose numbers share a grid or a radius where no smaller group is named.
  private static final int HEAD_DIM = 128;

  public static final KeyValueFormat F32 = alike("f32", Floats.F32);
  public static final KeyValueFormat F16 = alike("f16", Floats.F16);
  public static final KeyValueFormat BF16 = alike("bf16", Floats.BF16);
  public static final KeyValueFormat INT8 = alike("int8", Grid.perToken(8, HEAD_DIM).centred());
  public static final KeyValueFormat INT4 = alike("int4 g128", Grid.perToken(4, HEAD_DIM));
  public static final KeyValueFormat INT4_G32 = alike("int4 g32", Grid.perToken(4, 32));
  public static final KeyValueFormat INT3_G32 = alike("3-bit g32", Grid.perToken(3, 32));
  public static final KeyValueFormat GRID2 = alike("2-bit grid g128", Grid.perToken(2, HEAD_DIM));
  public static final KeyValueFormat GRID2_G32 = alike("2-bit g32", Grid.perToken(2, 32));
  public static final KeyValueFormat KIVI2 =
      new KeyValueFormat("2-bit KIVI g32", Grid.perChannel(2, 32), Grid.perToken(2, 32));
  public static final KeyValueFormat BOOK2 = alike("2-bit book", book(1, 2));
  public static final KeyValueFormat PAIRS =
      new KeyValueFormat("2-D 4-bit K, 2-bit V", book(2, 4), book(1, 2));
  public static final KeyValueFormat ONE_BIT =
      new KeyValueFormat("4-D 4-bit K, 2-bit V", book(4, 4), book(1, 2));

  public static final List<KeyValueFormat> ALL =
      List.of(
          F32, F16, BF16, INT8, INT4, INT4_G32, INT3_G32, GRID2, GRID2_G32, KIVI2, BOOK2, PAIRS,
          ONE_BIT);

  /// Of a token's key and value, metadata included.
  public double bytes(int channels) {
    int tokens = Page.TOKENS;
    return (double) (keys.bytes(tokens, channels) + values.bytes(tokens, channels)) / tokens;
  }

  /// How far an output may be from the reference's over the same codes, as a share of the largest
  /// number. Tables of code books round to 16 bits, see [DecodeAttention].
  public double tolerance() {
    return keys instanceof Book || values instanceof Book ? 0.03 : 1e-4;
  }

  private static KeyValueFormat alike(String name, PageFormat format) {
    return new KeyValueFormat(name, format, format);
  }

  /// Points for normal channels, and one radius for a head.
  private static PageFormat book(int dimensions, int bits) {
    return new Book(CodeBook.gaussian(dimensions, bits), HEAD_DIM);
  }
}
