package org.recollect.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.recollect.kernel.Basis;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kv.DenseAndSparse.Ranges;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// KVQuant (Hooper et al., "KVQuant: Towards 10 Million Context Length LLM Inference with KV Cache
/// Quantization", 2024, arXiv:2401.18079).
///
/// Keys have a range of their own in each channel, the same for all tokens as long as RoPE has not
/// mixed it with another; values have one for each token. Within its range a number takes the
/// nearest of a few points that lie where errors cost most, and the few numbers outside are kept
/// apart.
///
/// - *Keys before RoPE*: all heads of a layer as one vector. On calibration text each channel gets
///   the range between the `outliers/2` and `1 - outliers/2` quantiles, `z = (x - middle) / reach`.
///   Nothing is kept for a token but codes and outliers.
/// - *Values*: each token and head by itself, with the range measured as it comes, 32 bits.
/// - *Points*: one book a layer for keys and one for values, `2^bits` points of `z` that minimise
///   `sum F reach^2 (z - p(z))^2` over what is no outlier, with `F` the squared gradient of the
///   loss at that number ([LloydMax]; gradients by the model itself, before RoPE).
/// - *Outliers*: 1 % of a vector, at least one number, in slots of channel and half-precision
///   number. The paper keeps as many as there are, about 32 bits each; here slots are fixed, so
///   that every token takes as many bytes, and a token's surplus is clipped (inferred), see
///   [DenseAndSparse].
/// - *First tokens*: 5 stay in half precision and out of the calibration.
/// - *Q-Norm*, optional: the points are moved and spread so that coded numbers have the mean and
///   the deviation of the numbers themselves; numbers still take the nearest of them (inferred). It
///   is off unless asked for.
///
/// Effective bits of keys are `bits` and `23/128` for each slot of 128 channels; of values `bits`,
/// `32/headDim` for the range and `21/32` for a slot of 32 channels: the 1 % of the paper is cheap
/// in its vectors of thousands of channels, and not in a small head.
///
/// @param bits of a code, 1 to 8
/// @param outliers share of numbers that are kept apart, 0 to less than 1; .01 in the paper
/// @param weighted whether points are weighted by squared gradients
/// @param isNormed whether Q-Norm is applied
/// @param layers what was learned of each layer; empty until fitted
public record KvQuant(
    int bits, double outliers, boolean weighted, boolean isNormed, List<Learned> layers)
    implements Codec {

  private static final int FIRST = 5;

  /// What calibration knows of a layer.
  ///
  /// @param middles of the ranges of key channels `[kvHeads * headDim]`
  /// @param reaches half their widths
  /// @param keys points of keys
  /// @param values points of values
  public record Learned(float[] middles, float[] reaches, CodeBook keys, CodeBook values) {}

  public KvQuant {
    layers = List.copyOf(layers);
    if (bits < 1 || bits > 8 || !(outliers >= 0 && outliers < 1)) {
      throw new IllegalArgumentException(
          "KVQuant has codes of 1 to 8 bits and keeps a share of outliers in [0, 1); got %d and %s."
              .formatted(bits, outliers));
    }
  }

  /// The method with 1 % of outliers.
  public static KvQuant bits(int bits) {
    return new KvQuant(bits, 0.01, true, false, List.of());
  }

  /// Another share of outliers.
  public KvQuant outliers(double share) {
    return new KvQuant(bits, share, weighted, isNormed, List.of());
  }

  /// Codes alone.
  public KvQuant withoutOutliers() {
    return outliers(0);
  }

  /// All errors count alike: needs no gradients.
  public KvQuant unweighted() {
    return new KvQuant(bits, outliers, false, isNormed, List.of());
  }

  /// With Q-Norm.
  public KvQuant normed() {
    return new KvQuant(bits, outliers, weighted, true, List.of());
  }

  @Override
  public String name() {
    return series() + "-" + bits;
  }

  @Override
  public String series() {
    return "kvquant"
        + (outliers == 0 ? " dense" : outliers == 0.01 ? "" : ", outliers " + outliers)
        + (weighted ? "" : " unweighted")
        + (isNormed ? " Q-Norm" : "");
  }

  @Override
  public int firstTokens() {
    return FIRST;
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    if (layers.isEmpty()) {
      throw new IllegalStateException(
          "'%s' learns ranges and points from text: call fit(Calibration.of(model, texts)) first."
              .formatted(name()));
    }
    var learned = layers.get(layer);
    int wide = config.kvHeads() * config.headDim();
    var ranges = new Ranges(learned.middles, learned.reaches);
    var keys = new DenseAndSparse(wide, slots(wide), learned.keys, ranges);
    int slots = slots(config.headDim());
    var values = new DenseAndSparse(config.headDim(), slots, learned.values, null);
    return new LayerFormat(
        false,
        config.kvHeads(),
        Basis.identity(),
        new Coded(keys),
        Basis.identity(),
        new Coded(values),
        0,
        Floats.F16);
  }

  private int slots(int channels) {
    return (int) Math.ceil(outliers * channels);
  }

  @Override
  public KvQuant fit(Calibration calibration) {
    var fisher = weighted ? calibration.fisherInformation() : null;
    var learned = new ArrayList<Learned>();
    for (int layer = 0; layer < calibration.config().layers(); layer++) {
      learned.add(learn(layer, calibration, fisher));
    }
    return new KvQuant(bits, outliers, weighted, isNormed, learned);
  }

  private Learned learn(int layer, Calibration calibration, List<FisherInformation> fisher) {
    var config = calibration.config();
    int wide = config.kvHeads() * config.headDim();
    var unturned = LayerFormat.plain(Floats.F32, Floats.F32).beforeRope();
    var rows = new ArrayList<Rows>();
    for (Prompt prompt : calibration.prompts()) {
      rows.add(Rows.of(prompt, layer, unturned));
    }
    var ranges = ranges(rows, wide);
    var keys = new Points(bits, isNormed);
    var values = new Points(bits, isNormed);
    for (int text = 0; text < rows.size(); text++) {
      float[] keyWeights = weighted ? fisher.get(text).keys().get(layer) : null;
      float[] valueWeights = weighted ? fisher.get(text).values().get(layer) : null;
      keys.add(rows.get(text).keys(), keyWeights, FIRST * wide, wide, ranges, slots(wide));
      int d = config.headDim();
      values.add(rows.get(text).values(), valueWeights, FIRST * wide, d, null, slots(d));
    }
    return new Learned(ranges.middles(), ranges.reaches(), keys.book(), values.book());
  }

  /// The range of each channel of the keys, over all texts behind their first tokens.
  private Ranges ranges(List<Rows> texts, int channels) {
    int tokens = texts.stream().mapToInt(rows -> Math.max(0, rows.tokens() - FIRST)).sum();
    if (tokens == 0) {
      throw new IllegalArgumentException(
          "The first %d tokens of a text are not coded: calibrate '%s' on longer ones."
              .formatted(FIRST, name()));
    }
    float[] middles = new float[channels];
    float[] reaches = new float[channels];
    float[] channel = new float[tokens];
    for (int c = 0; c < channels; c++) {
      int at = 0;
      for (Rows rows : texts) {
        for (int i = FIRST * channels + c; i < rows.keys().length; i += channels) {
          channel[at++] = rows.keys()[i];
        }
      }
      Arrays.sort(channel);
      int cut = (int) (outliers / 2 * tokens);
      middles[c] = (channel[cut] + channel[tokens - 1 - cut]) / 2;
      reaches[c] = (channel[tokens - 1 - cut] - channel[cut]) / 2;
    }
    return new Ranges(middles, reaches);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("bits", bits, "outliers", outliers, "weighted", weighted, "normed", isNormed);
  }
}
