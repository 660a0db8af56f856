package org.recollect.unlearning;

import java.util.BitSet;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.recollect.unlearning.measure.Logs;

/// What [Shred] would have a model predict at one position: what it did predict, as far as it is
/// kept, without the tokens that are demoted,
///
/// `q(v) = p(v) 1[v not in V] / sum_{u not in V} p(u)`.
///
/// All is computed in logarithms and doubles: a model that knows a token by heart leaves all others
/// together less than a float32 can tell from nothing.
///
/// @param ids the tokens kept, in ascending order `[kept]`
/// @param probabilities of them, 0 for those demoted; they add up to 1 `[kept]`
record Demotion(int[] ids, double[] probabilities) {

  /// The prediction itself, as far as it is kept.
  ///
  /// @param predicted log-probabilities `[vocabulary]`
  /// @param kept how many tokens, the likeliest first
  static Demotion none(double[] predicted, int kept) {
    return without(predicted, likeliest(predicted, kept), new BitSet());
  }

  /// The prediction without one token and, for a mass above 0, without the nucleus: the smallest
  /// set of likeliest tokens that have this mass together. If nothing of what is kept is left, only
  /// the token is demoted (inferred).
  ///
  /// @param predicted log-probabilities `[vocabulary]`
  /// @param kept how many tokens, the likeliest first; at least 2
  /// @param mass 0 for no nucleus, below 1
  static Demotion of(double[] predicted, int kept, int token, double mass) {
    int[] ids = likeliest(predicted, kept);
    var demoted = new BitSet();
    double sum = 0;
    for (int i = 0; i < ids.length && sum < mass; i++) {
      demoted.set(ids[i]);
      sum += Math.exp(predicted[ids[i]]);
    }
    demoted.set(token);
    if (IntStream.of(ids).allMatch(demoted::get)) {
      demoted.clear();
      demoted.set(token);
    }
    return without(predicted, ids, demoted);
  }

  /// Of equals the first.
  private static int[] likeliest(double[] predicted, int kept) {
    return IntStream.range(0, predicted.length)
        .boxed()
        .sorted(Comparator.comparingDouble(v -> -predicted[v]))
        .limit(kept)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static Demotion without(double[] predicted, int[] likeliest, BitSet demoted) {
    int[] ids = IntStream.of(likeliest).sorted().toArray();
    double[] logs =
        IntStream.of(ids)
            .mapToDouble(v -> demoted.get(v) ? Double.NEGATIVE_INFINITY : predicted[v])
            .toArray();
    double total = Logs.sum(logs);
    for (int i = 0; i < logs.length; i++) {
      logs[i] = Math.exp(logs[i] - total);
    }
    return new Demotion(ids, logs);
  }

  /// `sum_v q ln q`, in nats; a token that is demoted adds nothing.
  double negativeEntropy() {
    double sum = 0;
    for (double q : probabilities) {
      sum += q > 0 ? q * Math.log(q) : 0;
    }
    return sum;
  }
}
