package org.recollect.kv;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recollect.kernel.Page;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;
import org.recollect.model.Rope;
import org.recollect.tensor.RandomStream;

/// Measures on calibration texts what coding a token costs, and finds the losses of
/// [RateDistortion] that predict it best. Mutable: sums.
///
/// Sixteen tokens of each text, layer and head, none of those that are always kept, are probed,
/// coded at each tier in turn. The logit of a probed token then changes by `e = <q, k' - k> /
/// sqrt(headDim)` and no other does, so that the divergence of the attention weights is `log(1 - p
/// + p exp(e)) - p e`, `p` being the token's weight; it is averaged over the last 32 queries and
///   the query heads that share the key.
final class Probes {

  private static final int TOKENS = 16;
  private static final int QUERIES = 32;

  private final Policy policy;
  private final double floor;
  private final Rope rope;
  private final List<Probe> probes = new ArrayList<>();

  /// One token of one head.
  ///
  /// @param weight `max(omega, floor)`
  /// @param size of its key
  /// @param divergences by tier, nats
  private record Probe(double weight, double size, double[] divergences) {

    double x() {
      return weight * size;
    }
  }

  Probes(Calibration calibration, Policy policy, double floor) {
    this.policy = policy;
    this.floor = floor;
    this.rope = Rope.of(calibration.config());
    for (int i = 0; i < calibration.prompts().size(); i++) {
      var prompt = calibration.prompts().get(i);
      for (int layer = 0; layer < prompt.config().layers(); layer++) {
        float[][] importance = policy.scorer().importance(prompt, layer);
        for (int head = 0; head < importance.length; head++) {
          var random = RandomStream.of(0, "probes", i, layer, head);
          add(prompt, layer, head, importance[head], drawn(prompt.length(), random));
        }
      }
    }
  }

  /// The losses that predict the divergences best, and a penalty of twice the largest prediction:
  /// for a token of weight 1, or in all where the penalty is the same for every token.
  Distortion distortion(boolean constantPenalty) {
    var losses = new ArrayList<Double>();
    for (int tier = 0; tier < probes.getFirst().divergences.length; tier++) {
      double xy = 0;
      double xx = 0;
      for (var probe : probes) {
        xy += probe.x() * probe.divergences[tier];
        xx += probe.x() * probe.x();
      }
      losses.add(xx == 0 ? 0 : xy / xx);
    }
    double largest =
        probes.stream()
            .mapToDouble(probe -> constantPenalty ? probe.x() : probe.size)
            .max()
            .orElseThrow();
    return new Distortion(losses, 2 * largest * losses.getLast());
  }

  /// Tokens of those that can be given up.
  private int[] drawn(int length, RandomStream random) {
    int sinks = policy.scorer().sinks();
    int competing = length - sinks - policy.scorer().recent(length);
    if (competing < TOKENS) {
      throw new IllegalArgumentException(
          "Losses are learned from %d tokens of each text besides the first and last ones, but only %d are left: calibrate on longer texts."
              .formatted(TOKENS, competing));
    }
    return Arrays.stream(random.indices(TOKENS, competing)).map(index -> sinks + index).toArray();
  }

  private void add(Prompt prompt, int layer, int head, float[] importance, int[] tokens) {
    var config = prompt.config();
    int headDim = config.headDim();
    var format =
        Descent.requireApart(policy.allocator().name(), policy.formats(layer, config).get(head));
    var rows = Rows.of(prompt, layer, format, head, 1).pick(tokens);
    double[] sizes = Distortion.sizes(rows.keys(), format, headDim);
    double[][] divergences = new double[TOKENS][format.tiers()];
    try (var arena = Arena.ofConfined()) {
      for (int tier = 0; tier < format.tiers(); tier++) {
        var page = Page.keys(arena, format.keys(tier), 1, headDim, TOKENS);
        page.write(0, rows.keys(), 0, TOKENS);
        float[] error = new float[headDim];
        for (int i = 0; i < TOKENS; i++) {
          page.read(i, error, 0);
          for (int c = 0; c < headDim; c++) {
            error[c] -= rows.keys()[i * headDim + c];
          }
          divergences[i][tier] = divergence(prompt, layer, head, tokens[i], error);
        }
      }
    }
    for (int i = 0; i < TOKENS; i++) {
      double weight = Math.max(importance[tokens[i]], floor);
      probes.add(new Probe(weight, sizes[i], divergences[i]));
    }
  }

  /// The mean divergence over the last queries if the key of one token is off.
  private double divergence(Prompt prompt, int layer, int kvHead, int token, float[] error) {
    ModelConfig config = prompt.config();
    int recorded = Math.min(prompt.window(), prompt.length());
    int queries = Math.min(QUERIES, recorded);
    double sum = 0;
    for (int i = 0; i < config.groupSize(); i++) {
      int head = kvHead * config.groupSize() + i;
      for (int row = recorded - queries; row < recorded; row++) {
        int position = prompt.length() - recorded + row;
        int at = (head * recorded + row) * prompt.length() + token;
        double p = prompt.layer(layer).windowAttention()[at];
        double e = change(prompt, layer, head, position, error);
        sum += divergence(p, e);
      }
    }
    return sum / (queries * config.groupSize());
  }

  /// The divergence of weights from what they become when the logit of one of them, `p`, changes by
  /// `e`.
  static double divergence(double p, double e) {
    return Math.max(0, Math.log(1 - p + p * Math.exp(e)) - p * e);
  }

  /// `<q, error> / sqrt(headDim)` for the query of a head at a position.
  private double change(Prompt prompt, int layer, int head, int position, float[] error) {
    int headDim = error.length;
    float[] query = new float[headDim];
    int from = (head * prompt.length() + position) * headDim;
    System.arraycopy(prompt.layer(layer).queries(), from, query, 0, headDim);
    rope.rotate(query, 0, position);
    double product = 0;
    for (int c = 0; c < headDim; c++) {
      product += (double) query[c] * error[c];
    }
    return product / Math.sqrt(headDim);
  }
}
