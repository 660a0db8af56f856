package org.recollect.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.recollect.kernel.Basis;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// PolarQuant for keys (Wu et al., "PolarQuant: Leveraging Polar Transformation for Efficient Key
/// Cache Quantization and Decoding Acceleration", 2025, arXiv:2502.00527). [PolarQuant] is another
/// method, which shares the name.
///
/// Outliers of keys come in the two channels that RoPE turns together. As a radius and an angle
/// they are harmless: the radius hardly changes from token to token, the angle goes round evenly.
///
/// - Channels `i` and `i + headDim/2` of the key after RoPE lie side by side and are one point of
///   the plane.
/// - *Radius*: `2^bits` values at equal steps from the least to the largest of the pair; *angle*:
///   `2^bits` values at equal steps of the circle. A logit needs one look-up a pair, in a table of
///   the query with all points: no key is rebuilt where such tables fit (up to 4 bits a pair).
/// - Here least and largest of each pair come from calibration texts, in units of the root mean
///   square of the head's key, which is kept for each token in half precision (inferred; the paper
///   measures them over groups of the text itself). Effective bits of keys are `bits + 16/headDim`.
/// - *Values*, which the method leaves alone, are rounded to nearest with as many bits in groups of
///   32 (inferred), and have the same choice of clip ratios as those of other codecs.
///
/// @param bits of a radius and of an angle, 1 to 4
/// @param books by layer, for each pair its points; empty until fitted
/// @param clips of the values' grids
public record PolarPairs(int bits, List<CodeBook> books, Clips clips) implements Codec {

  private static final int GROUP = 32;

  public PolarPairs {
    books = List.copyOf(books);
    if (bits < 1 || bits > 4) {
      throw new IllegalArgumentException(
          "A pair has a code of a byte at most, 1 to 4 bits for its radius and as many for its angle; got %d."
              .formatted(bits));
    }
  }

  /// As many bits for the radius as for the angle: so many a channel.
  public static PolarPairs bits(int bits) {
    return new PolarPairs(bits, List.of(), Clips.NONE);
  }

  @Override
  public String name() {
    return series() + "-" + bits;
  }

  @Override
  public String series() {
    return "polar-pairs";
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    if (books.isEmpty()) {
      throw new IllegalStateException(
          "'%s' learns the range of each pair's radius from text: call fit(Calibration.of(model, texts)) first."
              .formatted(name()));
    }
    var grid = Grid.perToken(bits, Groups.dividing(config.headDim(), GROUP));
    return new LayerFormat(
        true,
        1,
        pairs(config.headDim()),
        new Book(books.get(layer), config.headDim()),
        Basis.identity(),
        grid.clipped(clips.values()),
        0,
        Floats.F16);
  }

  /// The two channels of a RoPE pair side by side.
  private static Basis pairs(int headDim) {
    int[] order = new int[headDim];
    Arrays.setAll(order, i -> i / 2 + i % 2 * (headDim / 2));
    return Basis.identity().ordered(order);
  }

  @Override
  public PolarPairs fit(Calibration calibration) {
    var learned = new ArrayList<CodeBook>();
    for (int layer = 0; layer < calibration.config().layers(); layer++) {
      learned.add(book(layer, calibration));
    }
    var fitted = new PolarPairs(bits, learned, Clips.NONE);
    return new PolarPairs(bits, learned, Clips.fit(fitted, calibration));
  }

  /// A book for each pair of a head, over the keys of all heads of a layer.
  private CodeBook book(int layer, Calibration calibration) {
    int headDim = calibration.config().headDim();
    float[] least = new float[headDim / 2];
    float[] largest = new float[headDim / 2];
    Arrays.fill(least, Float.POSITIVE_INFINITY);
    var inPairs =
        new LayerFormat(
            true, 1, pairs(headDim), Floats.F32, Basis.identity(), Floats.F32, 0, Floats.F16);
    for (Prompt prompt : calibration.prompts()) {
      float[] keys = Rows.of(prompt, layer, inPairs).keys();
      for (int head = 0; head < keys.length; head += headDim) {
        float[] radii = radii(keys, head, headDim);
        for (int pair = 0; pair < radii.length; pair++) {
          least[pair] = Math.min(least[pair], radii[pair]);
          largest[pair] = Math.max(largest[pair], radii[pair]);
        }
      }
    }
    return CodeBook.of(2, 2 * bits, points(least, largest));
  }

  /// Radii of a head's pairs, in units of the root mean square of its channels.
  private static float[] radii(float[] keys, int from, int headDim) {
    double squares = 0;
    for (int c = from; c < from + headDim; c++) {
      squares += (double) keys[c] * keys[c];
    }
    double unit = Math.sqrt(squares / headDim);
    float[] radii = new float[headDim / 2];
    for (int pair = 0; pair < radii.length; pair++) {
      double radius = Math.hypot(keys[from + 2 * pair], keys[from + 2 * pair + 1]);
      radii[pair] = unit == 0 ? 0 : (float) (radius / unit);
    }
    return radii;
  }

  /// `[headDim/2][2^bits radii][2^bits angles][2]`
  private float[] points(float[] least, float[] largest) {
    int steps = 1 << bits;
    float[] points = new float[least.length * steps * steps * 2];
    for (int i = 0; i < points.length; i += 2) {
      int pair = i / 2 / steps / steps;
      int step = i / 2 / steps % steps;
      double radius = least[pair] + (largest[pair] - least[pair]) * step / (steps - 1);
      double angle = 2 * Math.PI * (i / 2 % steps + 0.5) / steps;
      points[i] = (float) (radius * Math.cos(angle));
      points[i + 1] = (float) (radius * Math.sin(angle));
    }
    return points;
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("bits", bits);
  }
}
