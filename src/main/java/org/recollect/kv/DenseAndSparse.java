package org.recollect.kv;

import java.util.Arrays;
import org.recollect.kernel.BitStream;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.TokenCode;

/// A vector as [KvQuant] stores it: every number as a code of `z = (x - middle) / reach` in a book
/// of points in `[-1, 1]`, and a few outliers, besides, as they are: channel and half-precision
/// number, in a fixed number of slots.
///
/// With ranges given for each channel, as for keys, outliers are the numbers with the largest
/// `|z|`, so that those beyond their range come first: what does not fit into the slots is clipped,
/// and slots to spare take the next ones (both inferred). Without, as for values, outliers are the
/// numbers farthest from the mean of the vector, and the range is that of the others, kept with the
/// vector in 32 bits.
///
/// @param channels of a vector
/// @param slots for outliers, 0 to `channels`
/// @param book of points in `[-1, 1]`
/// @param ranges of the channels, or null to measure each vector
record DenseAndSparse(int channels, int slots, CodeBook book, Ranges ranges) implements TokenCode {

  /// Where numbers lie: `middle - reach .. middle + reach`.
  ///
  /// @param middles `[channels]`
  /// @param reaches `[channels]`, not negative
  record Ranges(float[] middles, float[] reaches) {

    static Ranges same(int channels, float middle, float reach) {
      float[] middles = new float[channels];
      float[] reaches = new float[channels];
      Arrays.fill(middles, middle);
      Arrays.fill(reaches, reach);
      return new Ranges(middles, reaches);
    }

    /// `z`, 0 in a range without extent.
    float normal(float x, int channel) {
      return reaches[channel] == 0 ? 0 : (x - middles[channel]) / reaches[channel];
    }

    float number(float z, int channel) {
      return middles[channel] + reaches[channel] * z;
    }
  }

  @Override
  public String name() {
    return "%d bits and %d outliers".formatted(book.bits(), slots);
  }

  @Override
  public int bits() {
    int range = ranges == null ? 2 * Short.SIZE : 0;
    return range + slots * (Short.SIZE + channelBits()) + channels * book.bits();
  }

  @Override
  public void encode(float[] vector, BitStream to) {
    boolean[] out = outliers(vector);
    var own = ranges;
    if (own == null) {
      var measured = measured(vector, out);
      own = Ranges.same(channels, to.putHalf(measured.middles[0]), to.putHalf(measured.reaches[0]));
    }
    for (int c = 0; c < channels; c++) {
      if (out[c]) {
        to.put(c, channelBits());
        to.putHalf(vector[c]);
      }
    }
    float[] normal = new float[1];
    for (int c = 0; c < channels; c++) {
      normal[0] = own.normal(vector[c], c);
      to.put(book.nearest(0, normal, 0, 1), book.bits());
    }
  }

  @Override
  public void decode(BitStream from, float[] vector) {
    var own = ranges == null ? Ranges.same(channels, from.takeHalf(), from.takeHalf()) : ranges;
    int[] places = new int[slots];
    float[] numbers = new float[slots];
    for (int slot = 0; slot < slots; slot++) {
      places[slot] = from.take(channelBits());
      numbers[slot] = from.takeHalf();
    }
    for (int c = 0; c < channels; c++) {
      vector[c] = own.number(book.number(0, from.take(book.bits()), 0), c);
    }
    for (int slot = 0; slot < slots; slot++) {
      vector[places[slot]] = numbers[slot];
    }
  }

  /// Which numbers go into slots; of equally far ones the first.
  boolean[] outliers(float[] vector) {
    float mean = 0;
    for (float x : vector) {
      mean += x / channels;
    }
    float[] far = new float[channels];
    for (int c = 0; c < channels; c++) {
      far[c] = Math.abs(ranges == null ? vector[c] - mean : ranges.normal(vector[c], c));
    }
    boolean[] out = new boolean[channels];
    for (int slot = 0; slot < slots; slot++) {
      int farthest = -1;
      for (int c = 0; c < channels; c++) {
        if (!out[c] && (farthest < 0 || far[c] > far[farthest])) {
          farthest = c;
        }
      }
      out[farthest] = true;
    }
    return out;
  }

  /// The range of the numbers that are no outliers, the same for every channel.
  Ranges measured(float[] vector, boolean[] out) {
    float least = Float.POSITIVE_INFINITY;
    float largest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < channels; c++) {
      if (!out[c]) {
        least = Math.min(least, vector[c]);
        largest = Math.max(largest, vector[c]);
      }
    }
    return least > largest
        ? Ranges.same(channels, 0, 0)
        : Ranges.same(channels, (least + largest) / 2, (largest - least) / 2);
  }

  private int channelBits() {
    return Integer.SIZE - Integer.numberOfLeadingZeros(channels - 1);
  }
}
