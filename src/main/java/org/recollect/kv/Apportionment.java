package org.recollect.kv;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Whole numbers in proportion to weights, within bounds, whose sum is exact.
final class Apportionment {

  private Apportionment() {}

  /// Gives everyone `least`, and shares out the rest by the largest remainders (Hamilton's method),
  /// nobody getting more than `most`; what someone cannot take goes to the others. Equal remainders
  /// are served in order; weights that are all zero count as equal.
  ///
  /// @param weights not negative, finite
  /// @param total to be shared out, `least` to `most` for each on average
  static int[] of(double[] weights, long total, int least, int most) {
    int count = weights.length;
    if (total < (long) least * count || total > (long) most * count) {
      throw new IllegalArgumentException(
          "%d cannot be shared out among %d in shares of %d to %d."
              .formatted(total, count, least, most));
    }
    double[] wishes = wishes(weights, total - (double) least * count, (double) most - least);
    int[] shares = new int[count];
    long rest = total;
    for (int i = 0; i < count; i++) {
      // What rounding took from a whole number is given back.
      shares[i] = Math.min(most, least + (int) Math.floor(wishes[i] + 1e-9));
      rest -= shares[i];
    }
    var byRemainder =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> Math.floor(wishes[i] + 1e-9) - wishes[i]))
            .toList();
    while (rest > 0) {
      for (int i : byRemainder) {
        if (rest > 0 && shares[i] < most) {
          shares[i]++;
          rest--;
        }
      }
    }
    return shares;
  }

  /// Shares of `total` in proportion to weights, none above `most`.
  private static double[] wishes(double[] weights, double total, double most) {
    double[] wishes = new double[weights.length];
    boolean[] full = new boolean[weights.length];
    double left = total;
    boolean spilled = true;
    while (spilled) {
      spilled = false;
      double sum = 0;
      int open = 0;
      for (int i = 0; i < weights.length; i++) {
        sum += full[i] ? 0 : weights[i];
        open += full[i] ? 0 : 1;
      }
      for (int i = 0; i < weights.length; i++) {
        if (!full[i]) {
          wishes[i] = sum > 0 ? left * weights[i] / sum : left / open;
        }
      }
      for (int i = 0; i < weights.length; i++) {
        if (!full[i] && wishes[i] > most) {
          wishes[i] = most;
          full[i] = true;
          spilled = true;
        }
      }
      left = total - Arrays.stream(full(wishes, full)).sum();
    }
    return wishes;
  }

  private static double[] full(double[] wishes, boolean[] full) {
    return IntStream.range(0, wishes.length).mapToDouble(i -> full[i] ? wishes[i] : 0).toArray();
  }
}
