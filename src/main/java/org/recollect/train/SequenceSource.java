package org.recollect.train;

import java.util.Arrays;
import org.recollect.tensor.RandomStream;

/// Where training sequences come from. What a source gives depends on its arguments alone, so that
/// a resumed run sees what an unbroken one would have seen.
public interface SequenceSource {

  /// Tokens to predict one from another.
  ///
  /// @param tokens `[length + 1]`
  /// @param weights `[length]`: how much the loss of predicting `tokens[i + 1]` counts; 0 for not
  ///   at all
  record Sequence(int[] tokens, float[] weights) {

    /// @throws IllegalArgumentException unless there is one weight for each token but the first
    public Sequence {
      if (tokens.length != weights.length + 1) {
        throw new IllegalArgumentException(
            "%d tokens came with %d weights: give one weight for each token but the first."
                .formatted(tokens.length, weights.length));
      }
    }

    /// A sequence of which every token counts the same.
    public static Sequence even(int[] tokens) {
      float[] weights = new float[tokens.length - 1];
      Arrays.fill(weights, 1);
      return new Sequence(tokens, weights);
    }

    /// How many predictions there are.
    public int length() {
      return weights.length;
    }

    /// The same with so many predictions, those at the end of a token that does not count.
    Sequence filled(int length, int filler) {
      int[] all = Arrays.copyOf(tokens, length + 1);
      Arrays.fill(all, tokens.length, all.length, filler);
      return new Sequence(all, Arrays.copyOf(weights, length));
    }
  }

  /// What log lines and results call it.
  String name();

  /// Draws one sequence.
  ///
  /// @param length predictions wanted: the sequence has one token more
  /// @param random decides all that is left to chance
  Sequence next(int length, RandomStream random);
}
