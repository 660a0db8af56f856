package org.recollect.retrieval.domain;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import org.recollect.tensor.Memory;

/// A distribution over the next token for each of many positions, of which only the tokens with a
/// probability are kept: what a look-up among `k` neighbours says has at most `k`.
///
/// @param tokens by position, in ascending order `[positions][kept]`
/// @param probabilities of these, which sum up to 1 `[positions][kept]`
public record SparseTargets(int[][] tokens, float[][] probabilities) {

  /// How many positions there are.
  public int size() {
    return tokens.length;
  }

  /// The probability of a token at a position.
  public double probability(int position, int token) {
    int at = Arrays.binarySearch(tokens[position], token);
    return at < 0 ? 0 : probabilities[position][at];
  }

  /// The mean divergence of predictions from these targets, differentiable:
  ///
  /// `KL(p || q) = sum_v p(v) (ln p(v) - ln q(v))`
  ///
  /// over the tokens `v` that have a probability here; the others add nothing.
  ///
  /// @param logs ln q of every token `[positions.length][vocab]`
  /// @param positions that the rows of `logs` belong to
  /// @return a scalar, in nats
  public NDArray divergence(NDArray logs, int[] positions) {
    int width = Arrays.stream(positions).map(at -> tokens[at].length).max().orElseThrow();
    long[] kept = new long[positions.length * width];
    float[] weights = new float[kept.length];
    double negativeEntropy = 0;
    for (int row = 0; row < positions.length; row++) {
      int[] of = tokens[positions[row]];
      float[] p = probabilities[positions[row]];
      for (int i = 0; i < of.length; i++) {
        kept[row * width + i] = of[i];
        weights[row * width + i] = p[i] / positions.length;
        negativeEntropy += p[i] == 0 ? 0 : p[i] * Math.log(p[i]);
      }
    }
    var manager = logs.getManager();
    var q = logs.gather(Memory.ofLongs(manager, kept, positions.length, width), 1);
    var cross = q.mul(Memory.ofFloats(manager, weights, positions.length, width)).sum();
    // A double would turn the scalar into float64.
    return cross.neg().add((float) (negativeEntropy / positions.length));
  }
}
