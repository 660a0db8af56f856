package org.recollect.kernel;

import java.util.Arrays;

/// The Lloyd-Max quantiser of numbers that do not all matter alike (Lloyd, "Least Squares
/// Quantization in PCM", 1982): a book of `2^bits` points `p` such that `sum_i w_i (x_i -
/// p(x_i))^2` cannot be lowered by moving one of them, `p(x)` being the point nearest to `x`.
///
/// Every point is the weighted mean of the numbers nearest to it. Rounds begin at the quantiles,
/// first with all weights alike and then with those given, so that the weighted error is at most
/// that of the unweighted book. Numbers are sorted once: a round only looks for the borders between
/// points.
public final class LloydMax {

  private static final int ROUNDS = 200;

  private LloydMax() {}

  /// A book fitted to numbers. Deterministic.
  ///
  /// @param bits of a code, 1 to 8
  /// @param numbers at least `2^bits`, finite
  /// @param weights of the numbers, finite and not negative
  /// @throws IllegalArgumentException if there are too few numbers, or a weight for each is lacking
  public static CodeBook fit(int bits, float[] numbers, float[] weights) {
    if (bits < 1 || bits > 8 || numbers.length < 1 << bits || weights.length != numbers.length) {
      throw new IllegalArgumentException(
          "A book of 1 to 8 bits is fitted to at least as many numbers as it has points, each with a weight; got %d bits, %d numbers and %d weights."
              .formatted(bits, numbers.length, weights.length));
    }
    int[] order = ascending(numbers);
    float[] sorted = new float[order.length];
    float[] heavy = new float[order.length];
    float[] alike = new float[order.length];
    Arrays.fill(alike, 1);
    for (int i = 0; i < order.length; i++) {
      sorted[i] = numbers[order[i]];
      heavy[i] = weights[order[i]];
    }
    float[] points = new float[1 << bits];
    for (int i = 0; i < points.length; i++) {
      points[i] = sorted[(int) ((2L * i + 1) * sorted.length >> bits + 1)];
    }
    settle(points, sorted, alike);
    settle(points, sorted, heavy);
    return CodeBook.of(1, bits, points);
  }

  /// A book for numbers that all matter alike.
  public static CodeBook fit(int bits, float[] numbers) {
    float[] weights = new float[numbers.length];
    Arrays.fill(weights, 1);
    return fit(bits, numbers, weights);
  }

  /// The places of the numbers from the least to the largest: numbers and places share a long,
  /// whose order is theirs.
  private static int[] ascending(float[] numbers) {
    long[] keys = new long[numbers.length];
    for (int i = 0; i < keys.length; i++) {
      int bits = Float.floatToIntBits(numbers[i]);
      keys[i] = (long) (bits ^ bits >> 31 & Integer.MAX_VALUE) << 32 | i;
    }
    Arrays.sort(keys);
    return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
  }

  /// Moves points to where rounds of Lloyd's algorithm leave them; no round raises the error.
  private static void settle(float[] points, float[] sorted, float[] weights) {
    double[] mass = new double[sorted.length + 1];
    double[] moment = new double[sorted.length + 1];
    for (int i = 0; i < sorted.length; i++) {
      mass[i + 1] = mass[i] + weights[i];
      moment[i + 1] = moment[i] + (double) weights[i] * sorted[i];
    }
    int rounds = 0;
    while (rounds < ROUNDS && improve(points, sorted, mass, moment)) {
      rounds++;
    }
  }

  /// One round.
  ///
  /// @param points ascending
  /// @param mass weights of the first numbers, summed up; moment: weighted numbers likewise
  /// @return whether a point has moved
  private static boolean improve(float[] points, float[] sorted, double[] mass, double[] moment) {
    boolean moved = false;
    int from = 0;
    float[] before = points.clone();
    for (int i = 0; i < points.length; i++) {
      int to =
          i == points.length - 1 ? sorted.length : below(sorted, from, before[i], before[i + 1]);
      double weight = mass[to] - mass[from];
      if (weight > 0) {
        points[i] = (float) ((moment[to] - moment[from]) / weight);
        moved |= points[i] != before[i];
      }
      from = to;
    }
    return moved;
  }

  /// The first number from `from` on that is nearer to the upper of two points.
  private static int below(float[] sorted, int from, float lower, float upper) {
    double border = 0.5 * ((double) lower + upper);
    int low = from;
    int high = sorted.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] <= border) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
