package org.recollect.kv;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.kernel.Basis;
import org.recollect.kernel.PageFormat;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// RotateKV (Su et al., "RotateKV: Accurate and Robust 2-Bit KV Cache Quantization for LLMs via
/// Outlier-Aware Adaptive Rotations", 2025, arXiv:2501.16383).
///
/// A few channels of the keys are so large that the other channels of their group get no
/// resolution. A Hadamard rotation spreads them over all channels; done before RoPE and over
/// several heads, and followed by an order that puts like beside like, it leaves groups that two
/// bits can hold.
///
/// - *Grouped-head rotation before RoPE*: the keys of 4 neighbouring key/value heads are one vector
///   `[4 * headDim]`, multiplied by the orthonormal Walsh-Hadamard matrix. Where the number of
///   heads is no multiple of 4, the largest divisor below is used (inferred). The width must be a
///   power of two.
/// - *Outlier-aware reordering*: on calibration text the rotated keys are summed over all tokens,
///   channel by channel; channels are stored in ascending order of these sums, over all heads of
///   the layer, so that a group holds channels of one level. With a single group per vector this
///   changes nothing.
/// - *Values* are rotated within each head. The sum of weighted values is linear, so that one
///   inverse rotation of the output a step undoes it; the paper folds both into the weights.
/// - *Grid*: each token by itself, in groups of channels, with scale and offset: `code = round((x -
///   offset) / scale)`, `scale = (max - min) / (2^bits - 1)`. Groups are 128 wide in the paper,
///   whose heads are; 32 here, the same as every baseline's. Effective bits are `bits + 32/group`.
/// - *Attention sinks*: on entering a layer, the 20 largest entries of the hidden state by absolute
///   value (massive activations) mark tokens, whose keys and values stay in half precision; several
///   entries may mark one token. Chosen once, from the prompt; generated tokens are always coded.
/// - *Attention*: keys are read, put back into the order and basis of the model, turned to their
///   position and met by the query. All of this is exact but for the rounding of the codes.
///
/// Of the released code, which simulates, three things are not followed: its range divisor `bits^2
/// - 1`, which is right for 2 and 4 bits and 8 instead of 7 for 3; its clipping, which multiplies
///   both ends of a group's range by .8 and so can push the grid off a group that lies away from
///   zero (here the range shrinks about its middle); and its zero point, rounded to a whole code
///   (here the offset is kept as it is). The clip ratio is chosen in [#fit] from the same few
///   values as every baseline's; the paper has .8 at 2 bits, 1 otherwise.
///
/// @param bits of a code, 1 to 8
/// @param headGroup key/value heads rotated together; 4 in the paper, 1 rotates each by itself
/// @param reordering whether channels are reordered
/// @param sinkEntries entries of the hidden state that mark sinks; 20 in the paper, 0 for no sinks
/// @param group channels that share a grid
/// @param rounded whether anything is rounded; otherwise rotated keys are kept in float32
/// @param orders by layer, the channels in the order in which they are stored; empty until fitted
/// @param clips how much of a group's range the grid spans
public record Rotate(
    int bits,
    int headGroup,
    boolean reordering,
    int sinkEntries,
    int group,
    boolean rounded,
    List<int[]> orders,
    Clips clips)
    implements Codec {

  public Rotate {
    Grid.perToken(bits, group);
    orders = List.copyOf(orders);
    if (headGroup < 1 || sinkEntries < 0) {
      throw new IllegalArgumentException(
          "RotateKV rotates at least one head and marks 0 or more sinks; got %d and %d."
              .formatted(headGroup, sinkEntries));
    }
  }

  /// The complete method.
  public static Rotate bits(int bits) {
    return new Rotate(bits, 4, true, 20, 32, true, List.of(), Clips.NONE);
  }

  /// Each head rotated by itself.
  public Rotate perHead() {
    return heads(1);
  }

  /// Another number of heads rotated together.
  public Rotate heads(int together) {
    return new Rotate(bits, together, reordering, sinkEntries, group, rounded, List.of(), clips);
  }

  /// Channels in the order in which the rotation leaves them.
  public Rotate withoutReordering() {
    return new Rotate(bits, headGroup, false, sinkEntries, group, rounded, List.of(), clips);
  }

  /// No token protected.
  public Rotate withoutSinks() {
    return new Rotate(bits, headGroup, reordering, 0, group, rounded, orders, clips);
  }

  /// Another number of channels that share a grid.
  public Rotate groups(int channels) {
    return new Rotate(bits, headGroup, reordering, sinkEntries, channels, rounded, orders, clips);
  }

  /// Rotation and order alone, every number in float32: changes nothing but the layout.
  public Rotate withoutRounding() {
    return new Rotate(bits, headGroup, reordering, sinkEntries, group, false, orders, clips);
  }

  @Override
  public String name() {
    return rounded ? series() + ", " + bits + " bits" : series();
  }

  @Override
  public String series() {
    String stages =
        headGroup > 1 && reordering && sinkEntries > 0
            ? "rotate-kv"
            : (headGroup == 1 ? "per-head H" : "grouped H")
                + (reordering ? " + reorder" : "")
                + (sinkEntries > 0 ? " + sinks" : "");
    return rounded ? stages : stages + ", f32";
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    if (reordering && orders.isEmpty()) {
      throw new IllegalStateException(
          "'%s' stores channels in an order that it learns from text: call fit(Calibration.of(model, texts)) first, or drop withoutReordering()."
              .formatted(name()));
    }
    int heads = Groups.dividing(config.kvHeads(), headGroup);
    var basis = Basis.hadamard(heads * config.headDim());
    return format(
        reordering ? config.kvHeads() : heads,
        reordering ? basis.ordered(orders.get(layer)) : basis,
        config);
  }

  private LayerFormat format(int headsTogether, Basis keyBasis, ModelConfig config) {
    return new LayerFormat(
        false,
        headsTogether,
        keyBasis,
        grid(headsTogether * config.headDim(), clips.keys()),
        Basis.hadamard(config.headDim()),
        grid(config.headDim(), clips.values()),
        0,
        rounded ? Floats.F16 : Floats.F32);
  }

  private PageFormat grid(int channels, double clip) {
    return rounded
        ? Grid.perToken(bits, Groups.dividing(channels, group)).clipped(clip)
        : Floats.F32;
  }

  @Override
  public Rotate fit(Calibration calibration) {
    var fitted = reordering ? ordered(calibration) : this;
    return rounded ? fitted.with(fitted.orders, Clips.fit(fitted, calibration)) : fitted;
  }

  private Rotate ordered(Calibration calibration) {
    var plain = withoutReordering();
    var learned = new ArrayList<int[]>();
    for (int layer = 0; layer < calibration.config().layers(); layer++) {
      learned.add(ascending(sums(plain, layer, calibration)));
    }
    return with(learned, clips);
  }

  /// The sum over all tokens of each channel of the rotated keys, `[kvHeads * headDim]`.
  private static double[] sums(Rotate plain, int layer, Calibration calibration) {
    var config = calibration.config();
    double[] sums = new double[config.kvHeads() * config.headDim()];
    for (Prompt prompt : calibration.prompts()) {
      float[] keys = Rows.of(prompt, layer, plain.layer(layer, config)).keys();
      for (int i = 0; i < keys.length; i++) {
        sums[i % sums.length] += keys[i];
      }
    }
    return sums;
  }

  private static int[] ascending(double[] sums) {
    return IntStream.range(0, sums.length)
        .boxed()
        .sorted(Comparator.comparingDouble(channel -> sums[channel]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private Rotate with(List<int[]> learned, Clips chosen) {
    return new Rotate(bits, headGroup, reordering, sinkEntries, group, rounded, learned, chosen);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "bits", bits,
        "headGroup", headGroup,
        "reordering", reordering,
        "sinkEntries", sinkEntries,
        "group", group,
        "rounded", rounded);
  }
}
