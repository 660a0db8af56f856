package org.recollect.model;

import org.recollect.tensor.RandomStream;

/// How the next token is chosen from the logits.
public sealed interface Sampling {

  /// The likeliest token; the lowest id where several are equal.
  record Greedy() implements Sampling {

    @Override
    public int choose(float[] logits) {
      int best = 0;
      for (int token = 1; token < logits.length; token++) {
        if (logits[token] > logits[best]) {
          best = token;
        }
      }
      return best;
    }
  }

  /// A draw from the softmax of the logits over a temperature, among the likeliest tokens only.
  ///
  /// @param temperature above 0; 1 draws from the model's own distribution
  /// @param topK how many of the likeliest tokens may be drawn
  /// @param random the stream that decides
  record Random(double temperature, int topK, RandomStream random) implements Sampling {

    /// @throws IllegalArgumentException if the temperature or `topK` is not positive
    public Random {
      if (!(temperature > 0) || topK < 1) {
        throw new IllegalArgumentException(
            "temperature is %s and topK is %d, but both must be above 0; for the likeliest token use Sampling.greedy()."
                .formatted(temperature, topK));
      }
    }

    @Override
    public int choose(float[] logits) {
      double cut = kthLargest(logits);
      double top = Double.NEGATIVE_INFINITY;
      for (float logit : logits) {
        top = Math.max(top, logit);
      }
      double[] mass = new double[logits.length];
      double total = 0;
      for (int token = 0; token < logits.length; token++) {
        mass[token] = logits[token] < cut ? 0 : Math.exp((logits[token] - top) / temperature);
        total += mass[token];
      }
      double left = random.nextDouble() * total;
      int last = 0;
      for (int token = 0; token < logits.length; token++) {
        if (mass[token] > 0) {
          last = token;
          left -= mass[token];
          if (left < 0) {
            break;
          }
        }
      }
      return last;
    }

    private double kthLargest(float[] logits) {
      if (topK >= logits.length) {
        return Double.NEGATIVE_INFINITY;
      }
      float[] sorted = logits.clone();
      java.util.Arrays.sort(sorted);
      return sorted[sorted.length - topK];
    }
  }

  /// @param logits `[vocab]`
  /// @return a token id
  int choose(float[] logits);

  static Sampling greedy() {
    return new Greedy();
  }

  /// Draws from the model's own distribution, sharpened (below 1) or flattened (above 1).
  static Sampling temperature(double temperature, long seed) {
    return new Random(temperature, Integer.MAX_VALUE, RandomStream.of(seed, "sampling"));
  }
}
