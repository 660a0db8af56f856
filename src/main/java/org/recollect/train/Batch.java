package org.recollect.train;

import java.util.Collections;
import java.util.List;
import org.recollect.train.SequenceSource.Sequence;

/// Sequences of one length, to be learned from together.
///
/// @param rows how many sequences
/// @param length predictions in each
/// @param inputs what the model reads, `[rows][length]`
/// @param targets what it shall predict, `[rows][length]`: the inputs, one later
/// @param weights how much each prediction counts, `[rows][length]`
/// @param sources the name of each row's source, `[rows]`
public record Batch(
    int rows, int length, long[] inputs, long[] targets, float[] weights, List<String> sources) {

  /// Sequences of several lengths side by side. Shorter ones are filled up at their ends, where
  /// nothing counts; their sources have no names.
  ///
  /// @param sequences one a row, at least one
  /// @param filler the token that stands after a shorter sequence
  /// @throws IllegalArgumentException if there is no sequence
  public static Batch padded(List<Sequence> sequences, int filler) {
    if (sequences.isEmpty()) {
      throw new IllegalArgumentException(
          "There is no sequence to make a batch of: give at least one.");
    }
    int longest = sequences.stream().mapToInt(Sequence::length).max().orElseThrow();
    var filled = sequences.stream().map(sequence -> sequence.filled(longest, filler)).toList();
    return of(filled, Collections.nCopies(filled.size(), ""));
  }

  static Batch of(List<Sequence> sequences, List<String> sources) {
    int rows = sequences.size();
    int length = sequences.getFirst().length();
    var batch =
        new Batch(
            rows,
            length,
            new long[rows * length],
            new long[rows * length],
            new float[rows * length],
            List.copyOf(sources));
    for (int row = 0; row < rows; row++) {
      var sequence = sequences.get(row);
      for (int i = 0; i < length; i++) {
        batch.inputs[row * length + i] = sequence.tokens()[i];
        batch.targets[row * length + i] = sequence.tokens()[i + 1];
        batch.weights[row * length + i] = sequence.weights()[i];
      }
    }
    return batch;
  }

  /// The sum of all weights.
  public double weight() {
    double sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    return sum;
  }

  /// Tokens read in one pass.
  public long tokens() {
    return (long) rows * length;
  }
}
