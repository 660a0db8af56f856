package org.recollect.bench;

import java.util.List;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.Page;
import org.recollect.kernel.PageFormat;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// How a cache stores keys and values, as a contender.
record Codec(String name, PageFormat keys, PageFormat values) {

  static final Codec F32 = alike("f32", Floats.F32);
  static final Codec F16 = alike("f16", Floats.F16);
  static final Codec BF16 = alike("bf16", Floats.BF16);
  static final Codec INT8 = alike("int8", Grid.perToken(8, Decoding.HEAD_DIM).centred());
  static final Codec INT4 = alike("int4 g128", Grid.perToken(4, Decoding.HEAD_DIM));
  static final Codec INT4_G32 = alike("int4 g32", Grid.perToken(4, 32));
  static final Codec INT3_G32 = alike("3-bit g32", Grid.perToken(3, 32));
  static final Codec GRID2 = alike("2-bit grid g128", Grid.perToken(2, Decoding.HEAD_DIM));
  static final Codec KIVI2 =
      new Codec("2-bit KIVI g32", Grid.perChannel(2, 32), Grid.perToken(2, 32));
  static final Codec BOOK2 = alike("2-bit book", book(1, 2));
  static final Codec PAIRS = new Codec("2-D 4-bit K, 2-bit V", book(2, 4), book(1, 2));
  static final Codec ONE_BIT = new Codec("4-D 4-bit K, 2-bit V", book(4, 4), book(1, 2));

  static final List<Codec> ALL =
      List.of(F32, F16, BF16, INT8, INT4, INT4_G32, INT3_G32, GRID2, KIVI2, BOOK2, PAIRS, ONE_BIT);

  /// Those that the goals are about.
  static final List<Codec> MAIN = List.of(F32, F16, BF16, INT8, INT4, GRID2, BOOK2, ONE_BIT);

  /// Of a token's key and value, metadata included.
  double bytes(int channels) {
    int tokens = Page.TOKENS;
    return (double) (keys.bytes(tokens, channels) + values.bytes(tokens, channels)) / tokens;
  }

  /// How far an output may be from the reference's over the same codes, as a share of the largest
  /// number. Tables of code books hold bytes, see [org.recollect.kernel.DecodeAttention].
  double tolerance() {
    return keys instanceof Book || values instanceof Book ? 0.05 : 1e-4;
  }

  private static Codec alike(String name, PageFormat format) {
    return new Codec(name, format, format);
  }

  /// Points for normal channels, and one radius for a head.
  private static PageFormat book(int dimensions, int bits) {
    return new Book(CodeBook.gaussian(dimensions, bits), Decoding.HEAD_DIM);
  }
}
