package org.recollect.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The entries of largest magnitude over several arrays together.
///
/// The magnitudes of floats are in the order of their bits. So two counts, of the upper and then of
/// the lower half of the bits, find the smallest magnitude that is taken without sorting anything.
final class LargestEntries {
  private static final int HALF = 16;

  private LargestEntries() {}

  /// Where exactly as many entries as wanted lie, in rising order by array; of equal magnitudes
  /// those that come first.
  ///
  /// @param count 1 to the number of entries
  static SequencedMap<String, int[]> places(SequencedMap<String, float[]> arrays, long count) {
    var upper = new long[1 << HALF];
    arrays
        .values()
        .forEach(values -> {
          for (float value : values) {
            upper[bits(value) >>> HALF]++;
          }
        });
    int prefix = 1 << HALF;
    long remaining = count; // to be found among those of this prefix and below
    while (upper[--prefix] < remaining) {
      remaining -= upper[prefix];
    }
    int smallestUpper = prefix;
    var lower = new long[1 << HALF];
    arrays
        .values()
        .forEach(values -> {
          for (float value : values) {
            if (bits(value) >>> HALF == smallestUpper) {
              lower[bits(value) & 0xFFFF]++;
            }
          }
        });
    int suffix = 1 << HALF;
    while (lower[--suffix] < remaining) {
      remaining -= lower[suffix];
    }
    return atLeast(arrays, prefix << HALF | suffix, remaining);
  }

  /// @param ties how many of those that equal the smallest are taken
  private static SequencedMap<String, int[]> atLeast(
      SequencedMap<String, float[]> arrays, int smallest, long ties) {
    var places = new LinkedHashMap<String, int[]>();
    long left = ties;
    for (var array : arrays.sequencedEntrySet()) {
      float[] values = array.getValue();
      var taken = new int[values.length];
      int count = 0;
      for (int at = 0; at < values.length; at++) {
        int bits = bits(values[at]);
        if (bits > smallest || bits == smallest && left-- > 0) {
          taken[count++] = at;
        }
      }
      places.put(array.getKey(), Arrays.copyOf(taken, count));
    }
    return places;
  }

  private static int bits(float value) {
    return Float.floatToRawIntBits(Math.abs(value));
  }
}
