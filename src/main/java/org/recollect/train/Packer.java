package org.recollect.train;

import java.util.Arrays;
import org.recollect.train.SequenceSource.Sequence;

/// Fills a sequence token by token; what comes after it is full is dropped. Mutable.
final class Packer {

  private final int[] tokens;
  private final float[] weights;
  private int size;

  /// @param length predictions in the sequence
  Packer(int length) {
    this.tokens = new int[length + 1];
    this.weights = new float[length + 1];
  }

  boolean full() {
    return size == tokens.length;
  }

  /// How many tokens there is room for.
  int room() {
    return tokens.length - size;
  }

  /// @param weight how much predicting this token counts
  void add(int token, double weight) {
    if (!full()) {
      tokens[size] = token;
      weights[size++] = (float) weight;
    }
  }

  /// The sequence; room left over is filled with a token that does not count.
  Sequence sequence(int filler) {
    while (!full()) {
      add(filler, 0);
    }
    return sequence();
  }

  /// The sequence, which must be full.
  Sequence sequence() {
    return new Sequence(tokens, Arrays.copyOfRange(weights, 1, weights.length));
  }
}
