package org.recollect.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import org.recollect.tensor.RandomStream;

/// Sequences of a fixed number of tokens to be cut from a corpus. The corpus is tokenized when a
/// study knows its subject, so that one material serves subjects with different tokenizers.
///
/// @param corpus what they are cut from
/// @param length tokens a sequence, at least 1
public record Sequences(Corpus corpus, int length) {
  public Sequences {
    Objects.requireNonNull(corpus, "sequences need a corpus");
    if (length < 1) {
      throw new IllegalArgumentException(
          "A sequence has at least one token, not "
              + length
              + "; for example corpus.tokens(1024).");
    }
  }

  /// Draws sequences, each one a contiguous piece at a random place of a random document; no
  /// document is used twice before all that are long enough have been used once.
  ///
  /// @param count how many
  /// @param encode the subject's tokenizer
  /// @param random decides documents and places
  /// @return token ids `[count][length]`
  /// @throws IllegalArgumentException when no document has as many tokens
  public int[][] draw(int count, Function<String, int[]> encode, RandomStream random) {
    var sequences = new ArrayList<int[]>();
    while (sequences.size() < count) {
      int before = sequences.size();
      for (Document document : random.shuffle(corpus.documents())) {
        if (sequences.size() == count) {
          break;
        }
        int[] tokens = encode.apply(document.text());
        if (tokens.length >= length) {
          int start = random.nextInt(tokens.length - length + 1);
          sequences.add(Arrays.copyOfRange(tokens, start, start + length));
        }
      }
      if (sequences.size() == before && count > 0) {
        throw new IllegalArgumentException(
            "No document of '%s' has %d tokens; ask for shorter sequences or a larger corpus."
                .formatted(corpus.name(), length));
      }
    }
    return sequences.toArray(int[][]::new);
  }
}
