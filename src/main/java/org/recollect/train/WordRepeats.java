package org.recollect.train;

import java.util.List;
import org.recollect.tensor.RandomStream;

/// Short runs of random tokens, each repeated: what follows a token can be copied from where it
/// stood before, and be known in no other way. Half of the repeats keep the order, half keep only
/// pairs together, so that a position cannot be copied, only a content. The first appearance and
/// the first token of each repeat do not count.
///
/// Text alone hardly teaches a small model to copy; short periods of pure copying do (the induction
/// heads of Olsson et al., "In-context Learning and Induction Heads", 2022).
///
/// @param name what log lines call it
/// @param words the tokens to draw from
/// @param shortest tokens in a run, at least 2
/// @param longest tokens in a run
public record WordRepeats(String name, List<Integer> words, int shortest, int longest)
    implements SequenceSource {

  /// @throws IllegalArgumentException if the run lengths are out of order or there are too few
  ///   words
  public WordRepeats {
    words = List.copyOf(words);
    if (shortest < 2 || longest < shortest || longest > words.size()) {
      throw new IllegalArgumentException(
          "runs of %d to %d of %d words: give at least 2, the shorter first, and no more than there are."
              .formatted(shortest, longest, words.size()));
    }
  }

  @Override
  public Sequence next(int length, RandomStream random) {
    var packer = new Packer(length);
    while (!packer.full()) {
      int size = random.nextInt(shortest, longest + 1);
      int[] run = random.indices(size, words.size());
      for (int word : run) {
        packer.add(words.get(word), 0);
      }
      for (int repeats = random.nextInt(1, 4); repeats > 0; repeats--) {
        boolean whole = random.nextBoolean();
        for (int pair : whole ? new int[] {0} : random.indices((size + 1) / 2, (size + 1) / 2)) {
          int to = whole ? size : Math.min(size, 2 * pair + 2);
          for (int i = 2 * pair; i < to; i++) {
            packer.add(words.get(run[i]), i == 2 * pair ? 0 : 1);
          }
        }
      }
    }
    return packer.sequence();
  }
}
