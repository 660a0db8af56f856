package org.recollect.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/// The integer product over bit planes by the Vector API, as its second formula reads: lanes are
/// rows of weights, and a word of the activations is the same in all of them.
///
/// Integer sums are exact, and the sum over groups is taken as the reference takes it, so that the
/// result is the same to the last bit. Groups are the outermost loop: the activations of one group
/// stay in the nearest cache while its weights pass by in the order in which they lie. Planes of
/// weights are taken in pairs, which share what is read of the activations; where their number is
/// odd, the last one is its own partner and counts once.
///
/// As in [SimdDotProducts] a running sum is never the receiver of an operation and each loop is a
/// method of its own; a broadcast, too, is written where its product is taken. Otherwise vectors
/// become objects. Loops are static and take what they need, which is faster than to read it from a
/// record at every step.
final class SimdIntegerProduct implements IntegerProduct {

  private static final int LANES = Lanes.INTS.length();
  private static final int ROW_BYTES = Integer.BYTES;
  private static final int WORD_BYTES = BitPlaneMatrix.BLOCK * ROW_BYTES;

  @Override
  public void multiply(float[] x, int activationBits, BitPlaneMatrix weights, float[] y) {
    var activations = weights.rounded(x, activationBits, y);
    int padded = weights.paddedRows();
    double[][] sums = new double[activations.length][padded];
    short[] scales = new short[padded];
    int[] dots = new int[padded];
    for (int group = 0; group < weights.groups().count(); group++) {
      weights.copyScales(group, scales);
      for (int row = 0; row < activations.length; row++) {
        int words = weights.groups().words(group);
        int[] planes = planes(activations[row], group, words, activationBits);
        fill(dots, weights, group, planes, activationBits);
        addScaled(activations[row].scale(group), scales, dots, sums[row]);
      }
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = (float) sums[i / weights.rows()][i % weights.rows()];
    }
  }

  /// The planes of a group of activations, `[planes][words][lanes]`, all lanes the same.
  private static int[] planes(SymmetricCodes codes, int group, int words, int bits) {
    int[] planes = new int[bits * words * LANES];
    for (int line = 0; line < bits * words; line++) {
      int word = codes.word(group, line % words, line / words);
      Arrays.fill(planes, line * LANES, (line + 1) * LANES, word);
    }
    return planes;
  }

  private static void addScaled(double scale, short[] scales, int[] dots, double[] sums) {
    for (int row = 0; row < sums.length; row++) {
      sums[row] += scale * Float.float16ToFloat(scales[row]) * dots[row];
    }
  }

  /// Fills `dots [rows]` with the integer sums of one group.
  private static void fill(
      int[] dots, BitPlaneMatrix weights, int group, int[] x, int activationBits) {
    int words = weights.groups().words(group);
    int bits = weights.bits();
    long start = weights.planesAt(group);
    Arrays.fill(dots, 0);
    for (int row = 0; row < dots.length; row += LANES) {
      long at =
          start
              + (long) (row / BitPlaneMatrix.BLOCK) * bits * words * WORD_BYTES
              + row % BitPlaneMatrix.BLOCK * ROW_BYTES;
      int word = 0;
      for (; word + 4 <= words; word += 4) {
        addFour(weights.planes(), at, bits, x, activationBits, words, word, dots, row);
      }
      for (; word < words; word++) {
        addOne(weights.planes(), at, bits, x, activationBits, words, word, dots, row);
      }
    }
  }

  /// Adds what four words contribute to the sums of as many rows as there are lanes.
  private static void addFour(
      MemorySegment planes,
      long at,
      int bits,
      int[] x,
      int activationBits,
      int words,
      int word,
      int[] dots,
      int row) {
    var sum = IntVector.zero(Lanes.INTS);
    for (int plane = 0; plane < bits; plane += 2) {
      int partner = Math.min(plane + 1, bits - 1);
      long here = at + (long) (plane * words + word) * WORD_BYTES;
      var a = weights(planes, here);
      var b = weights(planes, here + WORD_BYTES);
      var c = weights(planes, here + 2 * WORD_BYTES);
      var d = weights(planes, here + 3 * WORD_BYTES);
      long there = at + (long) (partner * words + word) * WORD_BYTES;
      var e = weights(planes, there);
      var f = weights(planes, there + WORD_BYTES);
      var g = weights(planes, there + 2 * WORD_BYTES);
      var h = weights(planes, there + 3 * WORD_BYTES);
      var dot = IntVector.zero(Lanes.INTS);
      var next = IntVector.zero(Lanes.INTS);
      int i = word * LANES;
      for (int other = 0; other < activationBits; other++) {
        var ab = ones(a, x, i).add(ones(b, x, i + LANES));
        var cd = ones(c, x, i + 2 * LANES).add(ones(d, x, i + 3 * LANES));
        var ef = ones(e, x, i).add(ones(f, x, i + LANES));
        var gh = ones(g, x, i + 2 * LANES).add(ones(h, x, i + 3 * LANES));
        dot = ab.add(cd).mul(power(other, activationBits)).add(dot);
        next = ef.add(gh).mul(power(other, activationBits)).add(next);
        i += words * LANES;
      }
      sum = IntVector.broadcast(Lanes.INTS, power(plane, bits)).mul(dot).add(sum);
      sum =
          IntVector.broadcast(Lanes.INTS, partner == plane ? 0 : power(partner, bits))
              .mul(next)
              .add(sum);
    }
    IntVector.fromArray(Lanes.INTS, dots, row).add(sum).intoArray(dots, row);
  }

  /// Adds what one word contributes.
  private static void addOne(
      MemorySegment planes,
      long at,
      int bits,
      int[] x,
      int activationBits,
      int words,
      int word,
      int[] dots,
      int row) {
    var sum = IntVector.zero(Lanes.INTS);
    for (int plane = 0; plane < bits; plane += 2) {
      int partner = Math.min(plane + 1, bits - 1);
      var a = weights(planes, at + (long) (plane * words + word) * WORD_BYTES);
      var b = weights(planes, at + (long) (partner * words + word) * WORD_BYTES);
      var dot = IntVector.zero(Lanes.INTS);
      var next = IntVector.zero(Lanes.INTS);
      int i = word * LANES;
      for (int other = 0; other < activationBits; other++) {
        dot = ones(a, x, i).mul(power(other, activationBits)).add(dot);
        next = ones(b, x, i).mul(power(other, activationBits)).add(next);
        i += words * LANES;
      }
      sum = IntVector.broadcast(Lanes.INTS, power(plane, bits)).mul(dot).add(sum);
      sum =
          IntVector.broadcast(Lanes.INTS, partner == plane ? 0 : power(partner, bits))
              .mul(next)
              .add(sum);
    }
    IntVector.fromArray(Lanes.INTS, dots, row).add(sum).intoArray(dots, row);
  }

  /// What a bit of a plane is worth.
  private static int power(int plane, int bits) {
    return plane == bits - 1 ? -(1 << plane) : 1 << plane;
  }

  private static IntVector weights(MemorySegment planes, long at) {
    return IntVector.fromMemorySegment(Lanes.INTS, planes, at, LITTLE_ENDIAN);
  }

  private static IntVector ones(IntVector a, int[] x, int at) {
    return a.and(IntVector.fromArray(Lanes.INTS, x, at)).lanewise(VectorOperators.BIT_COUNT);
  }
}
