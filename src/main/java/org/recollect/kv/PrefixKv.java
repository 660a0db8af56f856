package org.recollect.kv;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.model.Prompt;

/// PrefixKV's shares (Wang et al., "PrefixKV: Adaptive Prefix KV Cache is What Vision
/// Instruction-Following Models Need for Efficient Generation", 2024, arXiv:2412.03409).
///
/// Some layers put all their attention on a few tokens, others spread it. With a cache of one size
/// in every layer the first waste room that the others lack. So let every layer keep the same share
/// of its attention *mass*, and choose that share such that the whole budget is used up.
///
/// - `s_l[t]`: the share of layer `l`'s attention that token `t` received, see [AttentionMass].
///   Tokens in descending order of it form the layer's *priority sequence*; what is kept is a
///   prefix of that. The first and the last token, which are kept in any case, come before all
///   others here, so that the sums are of what is really kept (released code counts them apart).
/// - `F_l(n)`: what the first `n` of the sequence hold together, rising from 0 to 1.
/// - *One threshold for all layers*: `n_l(p) = min {n : F_l(n) >= p}`, and `p` in `[0, 1]` by
///   bisection, as large as the budget allows: `sum_l n_l(p) <= tokens * layers`. What is left over
///   is shared out in proportion, so that the sum is exact. No other sizes with the same sum leave
///   the layer that retains least of its mass with more.
/// - *Offline*: the share of its tokens that a layer keeps, averaged over calibration texts; the
///   prompt at hand is not searched. Released code stores one such profile for each ratio; here the
///   curves `F_l` of the texts are kept, which give the profile of any ratio.
/// - *Per prompt*: the same search on the prompt itself.
///
/// @param perPrompt whether the prompt itself is searched, in place of calibration texts
/// @param texts the curves `F_l` of each calibration text, `[layers][tokens]`; empty until fitted
public record PrefixKv(boolean perPrompt, List<double[][]> texts) implements Allocator {

  /// Halvings of the interval in which the threshold lies: down to the precision of a double.
  private static final int HALVINGS = 52;

  public PrefixKv {
    texts = List.copyOf(texts);
  }

  /// The method as published: a profile of calibration texts.
  public PrefixKv() {
    this(false, List.of());
  }

  /// The variant that searches every prompt anew.
  public static PrefixKv searching() {
    return new PrefixKv(true, List.of());
  }

  /// How much of a layer's attention mass its most important tokens hold.
  ///
  /// @return `F_l(1), F_l(2), ...` `[tokens]`, rising to 1
  public static double[] curve(Prompt prompt, int layer) {
    double[] mass = AttentionMass.of(prompt, layer);
    int last = mass.length - 1;
    double[] curve =
        IntStream.concat(
                IntStream.of(0, last).distinct(),
                IntStream.range(1, Math.max(1, last))
                    .boxed()
                    .sorted((a, b) -> Double.compare(mass[b], mass[a]))
                    .mapToInt(Integer::intValue))
            .mapToDouble(token -> mass[token])
            .toArray();
    Arrays.parallelPrefix(curve, Double::sum);
    return curve;
  }

  @Override
  public String name() {
    return perPrompt ? "prefix per prompt" : "prefix";
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("perPrompt", perPrompt);
  }

  @Override
  public PrefixKv fit(Calibration calibration, Policy policy) {
    return perPrompt
        ? this
        : new PrefixKv(false, calibration.prompts().stream().map(PrefixKv::curves).toList());
  }

  @Override
  public int[][] share(Demand demand) {
    if (!perPrompt && texts.isEmpty()) {
      throw new IllegalStateException(
          "PrefixKV's sizes come from calibration texts: call fit(Calibration.of(model, texts)) first, or share by PrefixKv.searching().");
    }
    double ratio = (double) demand.tokens() / demand.length();
    double[] weights = new double[demand.layers()];
    var searched = perPrompt ? Collections.singletonList(curves(demand.prompt())) : texts;
    for (double[][] curves : searched) {
      int length = curves[0].length;
      int[] sizes = sizes(curves, Math.round(ratio * length * curves.length));
      for (int layer = 0; layer < sizes.length; layer++) {
        weights[layer] += (double) sizes[layer] / length;
      }
    }
    // What goes beyond the tokens that are kept in any case is what is shared out.
    return demand.byLayer(
        Arrays.stream(weights)
            .map(sum -> Math.max(0, sum / searched.size() * demand.length() - demand.always()))
            .toArray());
  }

  /// Sizes for the largest threshold at which they are `total` at most in all.
  ///
  /// @param curves `[layers][tokens]`
  static int[] sizes(double[][] curves, long total) {
    double within = 0;
    double beyond = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double threshold = (within + beyond) / 2;
      if (Arrays.stream(sizes(curves, threshold)).asLongStream().sum() <= total) {
        within = threshold;
      } else {
        beyond = threshold;
      }
    }
    return sizes(curves, within);
  }

  private static int[] sizes(double[][] curves, double threshold) {
    return Arrays.stream(curves).mapToInt(curve -> size(curve, threshold)).toArray();
  }

  /// The fewest tokens that hold so much of the mass; all, where rounding leaves the sum below it.
  private static int size(double[] curve, double threshold) {
    int fewest = 1;
    int most = curve.length;
    while (fewest < most) {
      int middle = (fewest + most) / 2;
      if (curve[middle - 1] >= threshold) {
        most = middle;
      } else {
        fewest = middle + 1;
      }
    }
    return fewest;
  }

  private static double[][] curves(Prompt prompt) {
    return IntStream.range(0, prompt.config().layers())
        .mapToObj(layer -> curve(prompt, layer))
        .toArray(double[][]::new);
  }
}
