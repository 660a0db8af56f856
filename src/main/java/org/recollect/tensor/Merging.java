package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/// Ways of making one model out of several that were tuned from the same base, without training.
///
/// Each works on entries: below, `theta_i` is an entry of model i and `tau_i = theta_i - theta_0`
/// that of its [WeightDelta]. All operands must have the same arrays; they are left as they are,
/// and the caller closes the result.
///
/// ```java
/// try (var merged = Merging.ties(List.of(first, second), 0.2, 1)) {
///   var model = base.withWeights(merged.addedTo(base.weights()));
/// }
/// ```
public final class Merging {
  private Merging() {}

  /// The uniform soup (Wortsman et al., "Model soups", 2022, arXiv:2203.05482, table 2): `theta =
  /// mean_i theta_i`.
  public static Weights soup(List<Weights> models) {
    return entrywise(models, (theta, at) -> sum(theta, at) / theta.length);
  }

  /// The mean difference `tau = mean_i tau_i`: the soup, seen from the base.
  public static WeightDelta mean(List<WeightDelta> vectors) {
    return taskArithmetic(vectors, 1.0 / vectors.size());
  }

  /// Task arithmetic (Ilharco et al., 2022, arXiv:2212.04089, section 2): `tau = lambda sum_i
  /// tau_i`.
  ///
  /// @param lambda 0.3 to 0.5 mostly, chosen on held-out data
  public static WeightDelta taskArithmetic(List<WeightDelta> vectors, double lambda) {
    return new WeightDelta(entrywise(arrays(vectors), (tau, at) -> lambda * sum(tau, at)));
  }

  /// The linear combination `tau = sum_i lambda_i tau_i`.
  ///
  /// @param lambdas one for each vector
  public static WeightDelta linear(List<WeightDelta> vectors, double... lambdas) {
    if (lambdas.length != vectors.size()) {
      throw new IllegalArgumentException(
          "There are %d vectors and %d factors: give one for each."
              .formatted(vectors.size(), lambdas.length));
    }
    return new WeightDelta(
        entrywise(
            arrays(vectors),
            (tau, at) -> {
              double sum = 0;
              for (int i = 0; i < tau.length; i++) {
                sum += lambdas[i] * tau[i][at];
              }
              return sum;
            }));
  }

  /// TIES (Yadav et al., "TIES-Merging: Resolving Interference When Merging Models", 2023,
  /// arXiv:2306.01708, algorithm 1):
  ///
  /// 1. trim: of each vector the share of largest magnitude remains, over all arrays together;
  /// 2. elect: `gamma = sign(sum_i tau_i)`;
  /// 3. merge: `tau = lambda mean tau_i` over the i whose sign is gamma, or 0 where there are none.
  ///
  /// Exactly `round(keep n)` of n entries remain: among equals, those that come first.
  ///
  /// @param keep share that remains, above 0 to 1; the paper's is 0.2
  /// @param lambda the paper's is 1 without held-out data to choose it on
  public static WeightDelta ties(List<WeightDelta> vectors, double keep, double lambda) {
    if (!(keep > 0 && keep <= 1)) {
      throw new IllegalArgumentException(
          "TIES keeps a share of above 0 to 1 of each vector, not %s: take 0.2.".formatted(keep));
    }
    var trimmed = vectors.stream().map(vector -> trimmed(vector, keep)).toList();
    try {
      return new WeightDelta(
          entrywise(arrays(trimmed), (tau, at) -> lambda * electedMean(tau, at)));
    } finally {
      trimmed.forEach(WeightDelta::close);
    }
  }

  private static WeightDelta trimmed(WeightDelta vector, double keep) {
    long count = Math.max(1, Math.round(keep * vector.arrays().parameters()));
    return SparseDelta.largest(vector, count).dense();
  }

  private static double electedMean(float[][] tau, int at) {
    double sign = sum(tau, at);
    double agreeing = 0;
    int count = 0;
    for (float[] vector : tau) {
      if (vector[at] * sign > 0) {
        agreeing += vector[at];
        count++;
      }
    }
    return count == 0 ? 0 : agreeing / count;
  }

  /// DARE (Yu et al., "Language Models are Super Mario", 2023, arXiv:2311.03099, section 3): before
  /// vectors are merged, each entry is dropped with a probability and what remains makes up for it,
  /// so that the expectation stays,
  ///
  /// `tau_i <- m_i tau_i / (1 - drop)` with `m_i = 0` with probability drop, else 1.
  ///
  /// ```java
  /// Merging.dare(vectors, 0.9, random, Merging::mean);
  /// Merging.dare(vectors, 0.9, random, sparse -> Merging.ties(sparse, 1, 1));
  /// ```
  ///
  /// @param drop probability, 0 to below 1; 0.9 is mostly safe
  /// @param random vector i and each of its arrays draw from a stream of their own
  /// @param merge of what remains
  public static WeightDelta dare(
      List<WeightDelta> vectors,
      double drop,
      RandomStream random,
      Function<List<WeightDelta>, WeightDelta> merge) {
    if (!(drop >= 0 && drop < 1)) {
      throw new IllegalArgumentException(
          "DARE drops entries with a probability of 0 to below 1, not %s: take 0.9."
              .formatted(drop));
    }
    var remaining = new ArrayList<WeightDelta>();
    try {
      for (var vector : vectors) {
        remaining.add(dropped(vector, drop, random.split("dare", remaining.size())));
      }
      return merge.apply(List.copyOf(remaining));
    } finally {
      remaining.forEach(WeightDelta::close);
    }
  }

  private static WeightDelta dropped(WeightDelta vector, double drop, RandomStream random) {
    return new WeightDelta(
        vector
            .arrays()
            .map((name, array) -> {
              var coins = random.split(name);
              float[] values = Memory.toFloats(array);
              for (int i = 0; i < values.length; i++) {
                values[i] = coins.nextDouble() < drop ? 0 : (float) (values[i] / (1 - drop));
              }
              return like(array, values);
            }));
  }

  /// Fisher merging (Matena and Raffel, "Merging Models with Fisher-Weighted Averaging", 2021,
  /// arXiv:2111.09832, with equal weights of the models):
  ///
  /// `theta = sum_i F_i theta_i / sum_i F_i`.
  ///
  /// @param importances the diagonal of each model's Fisher information, from 0 up, with the
  ///   models' arrays
  /// @param floor put in place of any smaller F, above 0: where no model has an opinion, the mean
  ///   results. 1e-6 (inferred) suits gradients of a mean loss over tokens
  public static Weights fisher(List<Weights> models, List<Weights> importances, double floor) {
    int count = models.size();
    if (importances.size() != count || !(floor > 0)) {
      throw new IllegalArgumentException(
          "Fisher merging takes importances for each model and a floor above 0, not %d for %d and %s."
              .formatted(importances.size(), count, floor));
    }
    return entrywise(
        Stream.concat(models.stream(), importances.stream()).toList(),
        (entries, at) -> {
          double weighted = 0;
          double total = 0;
          for (int i = 0; i < count; i++) {
            double f = Math.max(floor, entries[count + i][at]);
            weighted += f * entries[i][at];
            total += f;
          }
          return weighted / total;
        });
  }

  /// An entry of a result out of the entries at one place.
  private interface Rule {
    /// @param operands `[operand][place]`, one array of each
    double apply(float[][] operands, int at);
  }

  private static Weights entrywise(List<Weights> operands, Rule rule) {
    if (operands.isEmpty()) {
      throw new IllegalArgumentException("There is nothing to merge: give at least one model.");
    }
    var first = operands.getFirst();
    operands.forEach(first::expectAlike);
    return first.map((name, array) -> {
      var values =
          operands.stream().map(each -> Memory.toFloats(each.get(name))).toArray(float[][]::new);
      var merged = new float[values[0].length];
      for (int at = 0; at < merged.length; at++) {
        merged[at] = (float) rule.apply(values, at);
      }
      return like(array, merged);
    });
  }

  private static double sum(float[][] operands, int at) {
    double sum = 0;
    for (float[] operand : operands) {
      sum += operand[at];
    }
    return sum;
  }

  private static List<Weights> arrays(List<WeightDelta> vectors) {
    return vectors.stream().map(WeightDelta::arrays).toList();
  }

  private static NDArray like(NDArray array, float[] values) {
    return Memory.ofFloats(array.getManager(), values).reshape(array.getShape());
  }
}
