package org.recollect.retrieval.search;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/// The features of a text: its words, and the runs of 3 to 5 characters in each word with a mark
/// before and behind it, hashed to numbers below [#BUCKETS].
final class TextFeatures {
  /// Of features that fall together, both are kept as one (2^15 is inferred).
  static final int BUCKETS = 1 << 15;

  private static final int SHORTEST = 3;
  private static final int LONGEST = 5;

  private TextFeatures() {}

  /// A sparse vector: how often which feature is there.
  ///
  /// @param features ascending
  record Counts(int[] features, int[] counts) {}

  static Counts of(List<String> words) {
    int[] counts = new int[BUCKETS];
    words.forEach(word -> each(word, feature -> counts[feature]++));
    int present = (int) Arrays.stream(counts).filter(count -> count > 0).count();
    var result = new Counts(new int[present], new int[present]);
    int at = 0;
    for (int feature = 0; feature < BUCKETS; feature++) {
      if (counts[feature] > 0) {
        result.features[at] = feature;
        result.counts[at++] = counts[feature];
      }
    }
    return result;
  }

  /// The features of a word, repeated ones repeatedly.
  static void each(String word, IntConsumer into) {
    into.accept(hash("=" + word, 0, word.length() + 1));
    String marked = "<" + word + ">";
    for (int length = SHORTEST; length <= LONGEST; length++) {
      for (int from = 0; from + length <= marked.length(); from++) {
        into.accept(hash(marked, from, from + length));
      }
    }
  }

  /// FNV-1a over characters, and a last mixing so that the low bits depend on all.
  private static int hash(String text, int from, int to) {
    long hash = 0xcbf29ce484222325L;
    for (int i = from; i < to; i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash ^= hash >>> 32;
    hash *= 0x9e3779b97f4a7c15L;
    return (int) (hash >>> 49);
  }
}
