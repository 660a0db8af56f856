package org.recollect.kv;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;

/// SPHERICAL KV, the retention ("SPHERICAL KV: Angle-Domain Attention and Rate-Distortion Retention
/// for Efficient Long-Context Inference", 2026, arXiv:2605.18856). Its code is in [Spherical]; any
/// codec whose keys have several tiers will do, and any scorer whose importance is an attention
/// weight.
///
/// Whether a token stays and how many bits its key gets is one question: what does the next bit
/// saved cost? All tokens of all heads begin at the finest tier; the cheapest step down is taken,
/// again and again, until the budget is met.
///
/// - *Distortion* of token `i` at tier `b`: `D_i(b) = seg_i max(omega_i, floor) size_i (lambda_r(b)
///   + lambda_theta(b)) + gamma [b > 0]`, with `size_i = sum_j r_ij / sqrt(headDim)`, the
///     importance `omega_i` of the scorer and the weight `seg_i` of the segment of the text.
/// - *Dropping* it: `D_i(drop) = eta seg_i max(omega_i, floor)` (inferred). The released code has
///   the constant `eta`, see [#constantDropPenalty]: then the last step saves the same bits at less
///   additional distortion for the tokens that matter most, and those go first.
/// - *Steps* along the chain of tiers and then to nothing, in the order of `rho = (D(next) -
///   D(now)) / (bytes(now) - bytes(next))`; ties by layer, head and token. The first and the last
///   tokens that the scorer always keeps stay at the finest tier.
/// - *Losses*: [#published] has the constants of the released code. [#calibrated] learns the sums
///   `lambda_r + lambda_theta` as the paper does, `lambda(b) = sum x y / sum x^2` over probed
///   tokens, `x` being the distortion at a loss of 1 and `y` the divergence that coding this token
///   alone causes; `eta` is twice the largest distortion so predicted. Divergence is taken of the
///   attention weights of the last queries, where the paper takes that of the model's predictions
///   (inferred).
/// - *Segments*: the last 256 tokens weigh 1.2, those before 1 (the paper's weight of 3 for
///   retrieved passages needs a text that marks them).
///
/// The choice is made once, from the prompt; what is generated later is stored at the finest tier.
/// (The paper looks again every 16 steps.)
///
/// @param distortion what tiers and dropping cost
/// @param learning whether [#fit] replaces it
/// @param constantPenalty whether dropping costs the same for every token
/// @param dropping whether tokens may be dropped at all
/// @param recentWeight of the last 256 tokens; 1.2 in the released code
/// @param floor below which importance makes no difference; .1 in the released code
public record RateDistortion(
    Distortion distortion,
    boolean learning,
    boolean constantPenalty,
    boolean dropping,
    double recentWeight,
    double floor)
    implements Allocator {

  private static final int RECENT = 256;

  /// What any step down from the finest tier costs: `gamma`, .001 in the released code.
  private static final double CHANGE = 0.001;

  /// The constants of the released code.
  public static RateDistortion published() {
    return new RateDistortion(Distortion.PUBLISHED, false, false, true, 1.2, 0.1);
  }

  /// Losses learned from calibration texts.
  public static RateDistortion calibrated() {
    return new RateDistortion(Distortion.PUBLISHED, true, false, true, 1.2, 0.1);
  }

  /// Dropping costs the same for every token, as in the released code.
  public RateDistortion constantDropPenalty() {
    return new RateDistortion(distortion, learning, true, dropping, recentWeight, floor);
  }

  /// All parts of the text weigh the same.
  public RateDistortion withoutSegments() {
    return new RateDistortion(distortion, learning, constantPenalty, dropping, 1, floor);
  }

  /// Every token is kept. Where a budget is smaller than what all tokens take at the coarsest tier,
  /// this is what they take nevertheless.
  public RateDistortion withoutDropping() {
    return new RateDistortion(distortion, learning, constantPenalty, false, recentWeight, floor);
  }

  /// Another floor of the importance; 0 for none.
  public RateDistortion floor(double least) {
    return new RateDistortion(distortion, learning, constantPenalty, dropping, recentWeight, least);
  }

  @Override
  public String name() {
    return (learning ? "rate-distortion" : "rate-distortion, published")
        + (constantPenalty ? ", constant penalty" : "")
        + (dropping ? "" : ", no drop")
        + (recentWeight == 1 ? ", no segments" : "")
        + (floor == 0.1 ? "" : ", floor " + floor);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "learning", learning,
        "constantPenalty", constantPenalty,
        "dropping", dropping,
        "recentWeight", recentWeight,
        "floor", floor);
  }

  @Override
  public RateDistortion fit(Calibration calibration, Policy policy) {
    if (!learning) {
      return this;
    }
    var learned = new Probes(calibration, policy, floor).distortion(constantPenalty);
    return new RateDistortion(learned, true, constantPenalty, dropping, recentWeight, floor);
  }

  @Override
  public int[][] share(Demand demand) {
    return Arrays.stream(retain(demand).heads())
        .map(heads -> Arrays.stream(heads).mapToInt(head -> head.tokens().length).toArray())
        .toArray(int[][]::new);
  }

  @Override
  public Retention retain(Demand demand) {
    var descents = new Descent[demand.layers()][demand.kvHeads()];
    var steps = new PriorityQueue<Step>();
    long bytes = 0;
    for (int layer = 0; layer < demand.layers(); layer++) {
      for (int head = 0; head < demand.kvHeads(); head++) {
        var descent = new Descent(this, demand, layer, head);
        descents[layer][head] = descent;
        bytes += descent.bytes();
        for (int token = descent.first(); token < descent.end(); token++) {
          descent.next(token).ifPresent(steps::add);
        }
      }
    }
    while (bytes > demand.bytes() && !steps.isEmpty()) {
      var cheapest = steps.remove();
      var descent = descents[cheapest.layer()][cheapest.head()];
      descent.take(cheapest);
      bytes -= cheapest.saved();
      descent.next(cheapest.token()).ifPresent(steps::add);
    }
    if (dropping && bytes > demand.bytes()) {
      throw new IllegalArgumentException(
          "A budget of %d bytes is too small for the first and last tokens, which stay at the finest tier: they take %d."
              .formatted(demand.bytes(), bytes));
    }
    return new Retention(
        Arrays.stream(descents)
            .map(heads -> Arrays.stream(heads).map(Descent::kept).toArray(Retention.Head[]::new))
            .toArray(Retention.Head[][]::new));
  }

  /// A token's next step down.
  ///
  /// @param cost additional distortion for each byte saved, `rho`
  /// @param saved bytes
  record Step(double cost, int layer, int head, int token, long saved) implements Comparable<Step> {

    private static final Comparator<Step> ORDER =
        Comparator.comparingDouble(Step::cost)
            .thenComparingInt(Step::layer)
            .thenComparingInt(Step::head)
            .thenComparingInt(Step::token);

    @Override
    public int compareTo(Step other) {
      return ORDER.compare(this, other);
    }
  }

  /// The distortion of a token at a tier; behind the last tier it is dropped.
  ///
  /// @param weight `seg max(omega, floor)`
  /// @param size of its key
  /// @param tiers how many there are
  double distortion(double weight, double size, int tier, int tiers) {
    if (tier == tiers) {
      return constantPenalty ? distortion.dropped() : weight * distortion.dropped();
    }
    return weight * size * distortion.of(tier) + (tier > 0 ? CHANGE : 0);
  }

  /// `seg max(omega, floor)` of every token of a head.
  double[] weights(float[] importance) {
    double[] weights = new double[importance.length];
    for (int token = 0; token < weights.length; token++) {
      double segment = token >= weights.length - RECENT ? recentWeight : 1;
      weights[token] = segment * Math.max(importance[token], floor);
    }
    return weights;
  }
}
