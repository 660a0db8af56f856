package org.recollect.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.PageFormat;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.model.ModelConfig;

/// SPHERICAL KV, the code ("SPHERICAL KV: Angle-Domain Attention and Rate-Distortion Retention for
/// Efficient Long-Context Inference", 2026, arXiv:2605.18856). What it shares out among tokens is
/// in [RateDistortion]; [#joint] is the whole method.
///
/// A key is cut into groups of channels, and each group is kept as a length and the number of a
/// direction in a book. The product of a query with all directions of a book is a small table, so
/// that a logit is one look-up a group and no key is rebuilt.
///
/// - *Code*: `k [headDim]` in groups `k_j [g]`: radius `r_j` and direction `c_j = argmax_c <k_j,
///   C_j[c]>`, `C_j [2^bits][g]` of length 1. Keys are coded after RoPE, values kept in half
///   precision.
/// - *Logits* (angle-domain attention): `LUT_j[c] = <q_j, C_j[c]> / sqrt(headDim)` once a step,
///   then `logit(t) = sum_j r_tj LUT_j[c_tj]`. The table holds the query with its length; one
///   routine of the released code normalises `q_j` and so changes the temperature of the softmax.
/// - *Tiers*, finest first, of one token's key: 6 bits a direction, 4 bits, and 4 bits for groups
///   twice as wide. Groups are `headDim / 8` wide, at least 8: heads of 128 take 112, 96 and 48
///   bits, heads of 32 take 56, 48 and 24 (8-dimensional groups for narrow heads are inferred). The
///   paper's coarsest tier has 3 bits; as a token's codes fill whole bytes here, they would take as
///   much as 4.
/// - *Books* are fitted to calibration texts by spherical k-means, one for each layer, head, tier
///   and group. The paper does so in two stages (8 x 8 points for 6 bits) on 400 thousand tokens;
///   here it is one stage from k-means++ starts.
///
/// One thing is ours: a radius is one byte of its own kind (the upper byte of a half-precision
/// number), where the paper has a linear code under a scale for each page and group. Tokens can
/// then be coded as they come. A radius is the length `|k_j|`, as in the paper: the projection on
/// the chosen direction would leave a smaller error, but shorten coarsely coded keys more than
/// finely coded ones, and so turn attention from one to the other.
///
/// @param width channels of a group of the two finer tiers; 0 for `headDim / 8`, at least 8
/// @param finest tier, 0 to 2
/// @param coarsest tier, `finest` to 2
/// @param books by layer, head and tier, each with as many books as there are groups; empty until
///   fitted
public record Spherical(int width, int finest, int coarsest, List<CodeBook> books)
    implements Codec {

  private static final int TIERS = 3;

  /// How directions are coded.
  ///
  /// @param dimensions channels of a group
  /// @param bits of a direction
  private record Tier(int dimensions, int bits) {}

  public Spherical {
    if (width < 0) {
      throw new IllegalArgumentException(
          "Groups are at least one channel wide, or 0 for the usual width; got %d."
              .formatted(width));
    }
    if (finest < 0 || finest > coarsest || coarsest >= TIERS) {
      throw new IllegalArgumentException(
          "Tiers are 0, 1 and 2, from the finest to the coarsest; got %d to %d."
              .formatted(finest, coarsest));
    }
    books = List.copyOf(books);
  }

  /// All three tiers: an allocator chooses for each token.
  public static Spherical tiers() {
    return new Spherical(0, 0, TIERS - 1, List.of());
  }

  /// The same with groups of another width.
  public Spherical groups(int channels) {
    return new Spherical(channels, finest, coarsest, List.of());
  }

  /// One tier for all tokens.
  ///
  /// @param tier 0, the finest, to 2
  public static Spherical tier(int tier) {
    return new Spherical(0, tier, tier, List.of());
  }

  /// The whole method: tokens to keep and their tiers from one budget. Arm `spherical-kv`.
  public static Policy joint() {
    return Kv.keep(new PeakAttention())
        .share(RateDistortion.calibrated())
        .store(tiers())
        .named("spherical-kv");
  }

  @Override
  public String name() {
    return "spherical"
        + (width == 0 ? "" : ", groups of " + width)
        + (finest == coarsest ? ", tier " + finest : "");
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    return head(layer, 0, config);
  }

  @Override
  public boolean headsDiffer() {
    return true;
  }

  @Override
  public LayerFormat head(int layer, int kvHead, ModelConfig config) {
    if (books.isEmpty()) {
      throw new IllegalStateException(
          "'%s' names directions of books that it learns from text: call fit(Calibration.of(model, texts)) first."
              .formatted(name()));
    }
    int tiers = coarsest - finest + 1;
    var formats = new ArrayList<PageFormat>();
    for (int tier = 0; tier < tiers; tier++) {
      var book = books.get((layer * config.kvHeads() + kvHead) * tiers + tier);
      formats.add(new Book(book, book.dimensions(), Byte.SIZE, true));
    }
    return LayerFormat.plain(formats.removeFirst(), Floats.F16).orCoarser(formats);
  }

  @Override
  public Spherical fit(Calibration calibration) {
    var config = calibration.config();
    var learned = new ArrayList<CodeBook>();
    for (int layer = 0; layer < config.layers(); layer++) {
      for (int head = 0; head < config.kvHeads(); head++) {
        float[] keys = keys(calibration, layer, head);
        for (int index = finest; index <= coarsest; index++) {
          learned.add(book(keys, tier(index, config.headDim()), config.headDim()));
        }
      }
    }
    return new Spherical(width, finest, coarsest, learned);
  }

  private Tier tier(int index, int headDim) {
    int fine = width > 0 ? width : Math.max(8, headDim / 8);
    int dimensions = index == TIERS - 1 ? 2 * fine : fine;
    if (headDim % dimensions != 0) {
      throw new IllegalArgumentException(
          "Directions of %d channels do not divide heads of %d: choose groups(...) that do, doubled as well."
              .formatted(dimensions, headDim));
    }
    return new Tier(dimensions, index == 0 ? 6 : 4);
  }

  /// A book for each group, one after another.
  ///
  /// @param keys `[tokens][headDim]`
  private static CodeBook book(float[] keys, Tier tier, int headDim) {
    int groups = headDim / tier.dimensions;
    int tokens = keys.length / headDim;
    float[] points = new float[groups * tier.dimensions << tier.bits];
    for (int group = 0; group < groups; group++) {
      float[] vectors = new float[tokens * tier.dimensions];
      for (int token = 0; token < tokens; token++) {
        int from = token * headDim + group * tier.dimensions;
        System.arraycopy(keys, from, vectors, token * tier.dimensions, tier.dimensions);
      }
      float[] book = CodeBook.spherical(tier.dimensions, tier.bits, vectors).points();
      System.arraycopy(book, 0, points, group * book.length, book.length);
    }
    return CodeBook.of(tier.dimensions, tier.bits, points);
  }

  /// The keys of a head in all calibration texts, after RoPE, `[tokens][headDim]`.
  private static float[] keys(Calibration calibration, int layer, int head) {
    var plain = LayerFormat.plain(Floats.F32, Floats.F32);
    var parts =
        calibration.prompts().stream()
            .map(prompt -> Rows.of(prompt, layer, plain, head, 1).keys())
            .toList();
    float[] keys = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, keys, at, part.length);
      at += part.length;
    }
    return keys;
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("width", width, "finest", finest, "coarsest", coarsest);
  }
}
