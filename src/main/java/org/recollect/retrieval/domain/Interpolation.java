package org.recollect.retrieval.domain;

import java.util.List;
import java.util.stream.IntStream;

/// Two predictions mixed,
///
/// `p(v) = (1 - lambda) p_LM(v) + lambda p_mem(v)`,
///
/// and the share at which the mix predicts best. It is computed from logarithms,
///
/// `ln p = logaddexp(ln(1 - lambda) + ln p_LM, ln(lambda) + ln p_mem)`
///
/// (Khandelwal et al., "Generalization through Memorization: Nearest Neighbor Language Models",
/// 2020, equation 3; Cao et al., "Memory Decoder", 2025, released code). A share of 0 is the model
/// to the last bit, and 1 the memory.
public final class Interpolation {

  /// The shares that a memory is tried with: 0, 0.05 and so on to 0.95 *(inferred)*. A share of 1
  /// would give what the memory does not know no probability at all.
  static final List<Double> SHARES = IntStream.range(0, 20).mapToObj(i -> i / 20.0).toList();

  /// Losses closer than this, in nats, are equal.
  private static final double ROUNDING = 1e-9;

  private Interpolation() {}

  /// The logarithm of the mixed probability.
  ///
  /// @param model ln p_LM, at most 0
  /// @param memory ln p_mem, at most 0; minus infinity where the memory excludes a token
  /// @param lambda share of the memory, 0 to 1
  public static double mix(double model, double memory, double lambda) {
    if (!(lambda >= 0 && lambda <= 1)) {
      throw new IllegalArgumentException(
          "The share of the memory is %s, but lambda is from 0 to 1.".formatted(lambda));
    }
    if (lambda == 0 || lambda == 1) {
      return lambda == 0 ? model : memory;
    }
    double left = Math.log1p(-lambda) + model;
    double right = Math.log(lambda) + memory;
    double larger = Math.max(left, right);
    return larger == Double.NEGATIVE_INFINITY
        ? larger
        : larger + Math.log1p(Math.exp(Math.min(left, right) - larger));
  }

  /// The same for all tokens of several texts.
  ///
  /// @param model `[texts][tokens]`
  /// @param memory `[texts][tokens]`
  /// @return `[texts][tokens]`
  public static double[][] mix(double[][] model, double[][] memory, double lambda) {
    double[][] mixed = new double[model.length][];
    for (int text = 0; text < model.length; text++) {
      mixed[text] = new double[model[text].length];
      for (int i = 0; i < mixed[text].length; i++) {
        mixed[text][i] = mix(model[text][i], memory[text][i], lambda);
      }
    }
    return mixed;
  }

  /// A share of the memory, and what the mix loses with it.
  ///
  /// @param lambda one of the shares
  /// @param loss mean negative log-likelihood in nats
  public record Choice(double lambda, double loss) {}

  /// The share at which the mean negative log-likelihood is least, the smallest of equals.
  ///
  /// @param model `[texts][tokens]`
  /// @param memory `[texts][tokens]`
  public static Choice best(double[][] model, double[][] memory) {
    return best(model, memory, SHARES);
  }

  /// The same among given shares.
  ///
  /// @param shares ascending, 0 to 1
  static Choice best(double[][] model, double[][] memory, List<Double> shares) {
    var best = new Choice(0, Double.POSITIVE_INFINITY);
    for (double lambda : shares) {
      double loss = loss(mix(model, memory, lambda));
      if (loss < best.loss - ROUNDING) {
        best = new Choice(lambda, loss);
      }
    }
    return best;
  }

  /// The mean negative log-likelihood of all tokens, in nats.
  ///
  /// @param logLikelihoods `[texts][tokens]`
  public static double loss(double[][] logLikelihoods) {
    double sum = 0;
    long count = 0;
    for (double[] text : logLikelihoods) {
      for (double log : text) {
        sum -= log;
      }
      count += text.length;
    }
    return sum / count;
  }
}
