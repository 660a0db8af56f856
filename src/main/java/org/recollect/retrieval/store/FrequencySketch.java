package org.recollect.retrieval.store;

/// A count-min sketch (Cormode and Muthukrishnan, 2005) that ages: it estimates how often keys were
/// counted and, after a number of counts, halves all of them, so that what was frequent long ago
/// gives way. Estimates are never below the true count of the time since the last halving, up to
/// [#MOST]. Mutable.
final class FrequencySketch {
  /// Counters stop here; TinyLFU's four bits (Einziger, Friedman and Manes, 2017).
  static final int MOST = 15;

  private static final int ROWS = 4;

  private final byte[][] counters;
  private final int sample;
  private int counted;

  /// @param sample counts between two halvings, at least 1; there are as many counters in a row, up
  ///   to the next power of two
  FrequencySketch(int sample) {
    if (sample < 1 || sample > 1 << 24) {
      throw new IllegalArgumentException(
          "A sketch halves its counts after %d, expected 1 to 16,777,216: give a number between."
              .formatted(sample));
    }
    this.sample = sample;
    int width = Integer.highestOneBit(Math.max(16, sample * 2 - 1));
    counters = new byte[ROWS][width];
  }

  void count(String key) {
    long hash = hash(key);
    for (int row = 0; row < ROWS; row++) {
      int column = column(hash, row);
      counters[row][column] = (byte) Math.min(MOST, counters[row][column] + 1);
    }
    counted++;
    if (counted == sample) {
      halve();
    }
  }

  int estimate(String key) {
    long hash = hash(key);
    int least = MOST;
    for (int row = 0; row < ROWS; row++) {
      least = Math.min(least, counters[row][column(hash, row)]);
    }
    return least;
  }

  private void halve() {
    for (var row : counters) {
      for (int i = 0; i < row.length; i++) {
        row[i] /= 2;
      }
    }
    counted /= 2;
  }

  /// Odd multiples of the lower half, added to the upper: as good as independent for a sketch
  /// (Kirsch and Mitzenmacher, 2008).
  private int column(long hash, int row) {
    int upper = (int) (hash >>> 32);
    int lower = (int) hash | 1;
    return (upper + row * lower) & (counters[row].length - 1);
  }

  /// A polynomial of the characters, with its bits mixed as SplitMix64 does.
  private static long hash(String key) {
    long hash = key.length();
    for (int i = 0; i < key.length(); i++) {
      hash = hash * 0x100000001b3L + key.charAt(i);
    }
    hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
    return hash ^ hash >>> 31;
  }
}
