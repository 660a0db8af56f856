package org.recollect.kv;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.recollect.kernel.Basis;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.LloydMax;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;
import org.recollect.tensor.RandomStream;

/// PolarQuant (Han et al., "PolarQuant: Quantizing KV Caches with Polar Transformation", 2025,
/// arXiv:2502.02617). [PolarPairs] is another method, which shares the name.
///
/// A rotated vector in polar coordinates has angles of known distribution: they are coded and only
/// the radius of each block keeps its precision. No offset or scale of a group is stored.
///
/// - *Rotation*: `y = H D x`, random signs and the Walsh-Hadamard transform, each head by itself
///   (inferred: for a rotation drawn from all). Heads must have a power of two of channels.
/// - *Polar coordinates* of blocks of 16 channels, [RecursivePolar]: neighbours become a radius and
///   an angle, neighbouring radii again, four times, up to one radius a block.
/// - *Codes*: 4 bits for each angle of the first level, in `[0, 2 pi)`, and 2 for those of the
///   levels above, in `[0, pi/2]` and ever closer to `pi/4`; the radius in half precision: `(16 +
///   8*4 + 4*2
///   + 2*2 + 2) / 16 = 3.875` bits a channel. Squared error of unit vectors: .032.
/// - *Points* of a level are those of its one-dimensional k-means: of the distribution that normal
///   channels give until [#fit], and then of the angles of calibration texts (keys and values of
///   all layers together, which is inferred).
///
/// Keys are coded after RoPE. Other bits than the paper's are points of a ladder.
///
/// @param angleBits of the angles of each level from the first, 1 to 8; as many levels as fit into
///   a head are used
/// @param books of the levels
public record PolarQuant(List<Integer> angleBits, List<CodeBook> books) implements Codec {

  private static final int SAMPLES = 1 << 12;
  private static final long SEED = 0;

  public PolarQuant {
    angleBits = List.copyOf(angleBits);
    books = List.copyOf(books);
    if (angleBits.isEmpty() || angleBits.size() != books.size()) {
      throw new IllegalArgumentException(
          "There is at least one level of angles, and a book for each; got %d and %d books."
              .formatted(angleBits.size(), books.size()));
    }
  }

  /// The paper's: 4, 2, 2 and 2 bits.
  public static PolarQuant recursive() {
    return angles(4, 2, 2, 2);
  }

  /// Other bits for the angles of each level, and so also another number of levels.
  public static PolarQuant angles(Integer... bits) {
    var levels = List.of(bits);
    int block = 1 << levels.size();
    float[] normal = RandomStream.of(SEED, "polar").gaussians(SAMPLES * block);
    return new PolarQuant(levels, fitted(levels, RecursivePolar.angles(normal, levels.size())));
  }

  private static List<CodeBook> fitted(List<Integer> bits, List<float[]> angles) {
    return IntStream.range(0, bits.size())
        .mapToObj(level -> LloydMax.fit(bits.get(level), angles.get(level)))
        .toList();
  }

  @Override
  public String name() {
    return series()
        + " "
        + angleBits.stream().map(Object::toString).collect(Collectors.joining("-"));
  }

  @Override
  public String series() {
    return "polar-quant";
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    int channels = config.headDim();
    var basis = Basis.hadamard(channels).signed(SEED);
    int levels = Math.min(books.size(), Integer.numberOfTrailingZeros(channels));
    var format = new Coded(new RecursivePolar(channels, books.subList(0, levels)));
    return new LayerFormat(true, 1, basis, format, basis, format, 0, Floats.F16);
  }

  @Override
  public PolarQuant fit(Calibration calibration) {
    var config = calibration.config();
    int levels = Math.min(books.size(), Integer.numberOfTrailingZeros(config.headDim()));
    var gathered = new ArrayList<float[]>();
    for (int layer = 0; layer < config.layers(); layer++) {
      var format = layer(layer, config);
      for (Prompt prompt : calibration.prompts()) {
        var rows = Rows.of(prompt, layer, format);
        gathered.add(rows.keys());
        gathered.add(rows.values());
      }
    }
    var fitted = new ArrayList<>(books);
    var angles = RecursivePolar.angles(joined(gathered), levels);
    for (int level = 0; level < levels; level++) {
      fitted.set(level, LloydMax.fit(angleBits.get(level), angles.get(level)));
    }
    return new PolarQuant(angleBits, fitted);
  }

  private static float[] joined(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("angleBits", angleBits);
  }
}
