package org.recollect.unlearning.guard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.RandomStream;

class TrieTest {

  @Test
  void tellsWhatCompletesASequence() {
    var trie = Trie.of(List.of(new int[] {7}, new int[] {1, 2, 3}, new int[] {1, 2, 4}));
    assertArrayEquals(new int[] {7}, trie.completions());
    assertArrayEquals(new int[] {7}, trie.completions(1));
    assertArrayEquals(new int[] {3, 4, 7}, trie.completions(1, 2));
    assertArrayEquals(new int[] {3, 4, 7}, trie.completions(9, 1, 1, 2));
    assertArrayEquals(new int[] {7}, trie.completions(1, 2, 9));
  }

  /// A sequence may begin inside another, and end before it does.
  @Test
  void sequencesMayOverlap() {
    var trie = Trie.of(List.of(new int[] {1, 2}, new int[] {1, 2, 3}, new int[] {2, 5}));
    assertArrayEquals(new int[] {2}, trie.completions(1));
    assertArrayEquals(new int[] {3, 5}, trie.completions(1, 2));
  }

  @Test
  void anEmptyTrieCompletesNothing() {
    assertArrayEquals(new int[0], Trie.of(List.of()).completions(1, 2));
    assertArrayEquals(new int[0], Trie.of(List.of(new int[0])).completions());
  }

  @Test
  void agreesWithComparingAllSequences() {
    for (int seed = 1; seed <= 50; seed++) {
      var random = RandomStream.of(seed, "trie");
      var sequences = new ArrayList<int[]>();
      for (int i = 0; i < 8; i++) {
        sequences.add(random.ints(random.nextInt(1, 4), 0, 3).toArray());
      }
      int[] said = random.ints(random.nextInt(0, 6), 0, 3).toArray();
      int[] expected =
          sequences.stream()
              .filter(sequence -> endsWith(said, Arrays.copyOf(sequence, sequence.length - 1)))
              .mapToInt(sequence -> sequence[sequence.length - 1])
              .distinct()
              .sorted()
              .toArray();
      assertArrayEquals(expected, Trie.of(sequences).completions(said), "seed " + seed);
    }
  }

  private static boolean endsWith(int[] said, int[] end) {
    int from = said.length - end.length;
    return from >= 0 && Arrays.equals(Arrays.copyOfRange(said, from, said.length), end);
  }
}
