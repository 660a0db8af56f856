package org.recollect.kernel;

import java.util.Arrays;
import org.recollect.tensor.RandomStream;

/// The points that codes of a [PageFormat.Book] stand for: one book for all groups of channels of a
/// vector, or one for each group in turn.
public final class CodeBook {

  private static final int ROUNDS = 60;
  private static final int SAMPLES_PER_POINT = 512;

  private final int dimensions;
  private final int bits;
  private final int books;
  private final float[] points;
  private final float[] least;
  private final float[] largest;
  private final float[] halfByteColumns;

  private CodeBook(int dimensions, int bits, float[] points) {
    this.dimensions = dimensions;
    this.bits = bits;
    this.books = points.length / (dimensions << bits);
    this.points = points;
    this.least = new float[books];
    this.largest = new float[books];
    for (int i = 0; i < points.length; i++) {
      int book = i / (dimensions << bits);
      least[book] = Math.min(least[book], points[i]);
      largest[book] = Math.max(largest[book], points[i]);
    }
    this.halfByteColumns = 4 % bits == 0 ? columns() : null;
  }

  /// Points that were found elsewhere.
  ///
  /// @param dimensions numbers of a point, at least 1
  /// @param bits of a code, 1 to 8
  /// @param points `[books][2^bits][dimensions]`, finite; group `g` of a vector uses book `g %
  ///   books`
  /// @throws IllegalArgumentException if the points are not whole books of finite numbers
  public static CodeBook of(int dimensions, int bits, float[] points) {
    requireShape(dimensions, bits);
    if (points.length == 0 || points.length % (dimensions << bits) != 0) {
      throw new IllegalArgumentException(
          "A book of %d-bit codes has %d points of %d numbers each; %d numbers are no whole books."
              .formatted(bits, 1 << bits, dimensions, points.length));
    }
    for (float x : points) {
      if (!Float.isFinite(x)) {
        throw new IllegalArgumentException("A point of a book holds " + x + ": it must be finite.");
      }
    }
    return new CodeBook(dimensions, bits, points.clone());
  }

  /// One book for numbers that are normal with mean 0 and variance 1, as rotated and normalised
  /// channels nearly are: Lloyd's algorithm (1982) on samples drawn from the seed. In one dimension
  /// this is the Lloyd-Max quantiser.
  ///
  /// @param dimensions numbers of a point, at least 1
  /// @param bits of a code, 1 to 8
  public static CodeBook gaussian(int dimensions, int bits) {
    requireShape(dimensions, bits);
    var random = RandomStream.of(0, "gaussian book");
    float[] samples = random.gaussians((SAMPLES_PER_POINT << bits) * dimensions);
    return fit(dimensions, bits, samples);
  }

  /// One book fitted to vectors by Lloyd's algorithm (k-means), started from vectors spread over
  /// the sample. Deterministic. A point that no vector is nearest to takes the place of the vector
  /// that is farthest from its own point.
  ///
  /// @param dimensions numbers of a point, at least 1
  /// @param bits of a code, 1 to 8
  /// @param vectors `[count][dimensions]`, at least `2^bits` of them
  public static CodeBook fit(int dimensions, int bits, float[] vectors) {
    requireShape(dimensions, bits);
    int count = vectors.length / dimensions;
    if (vectors.length % dimensions != 0 || count < 1 << bits) {
      throw new IllegalArgumentException(
          "A book of %d points is fitted to at least as many vectors of %d numbers; got %d numbers."
              .formatted(1 << bits, dimensions, vectors.length));
    }
    float[] points = new float[dimensions << bits];
    for (int point = 0; point < 1 << bits; point++) {
      int from = (int) ((long) point * count >> bits) * dimensions;
      System.arraycopy(vectors, from, points, point * dimensions, dimensions);
    }
    var book = new CodeBook(dimensions, bits, points);
    for (int round = 0; round < ROUNDS; round++) {
      var better = book.improved(vectors, count);
      if (better.equals(book)) {
        break;
      }
      book = better;
    }
    return book;
  }

  /// Numbers of a point.
  public int dimensions() {
    return dimensions;
  }

  /// Bits of a code; a book has `2^bits` points.
  public int bits() {
    return bits;
  }

  /// How many books there are; groups of a vector use them in turn.
  public int books() {
    return books;
  }

  /// One number of the point that a code of a group stands for.
  public float number(int group, int code, int dimension) {
    return points[((group % books << bits) + code) * dimensions + dimension];
  }

  /// The code of the point nearest to `x[offset ..] * scale`; of equally near ones the first.
  int nearest(int group, float[] x, int offset, float scale) {
    int best = 0;
    float least = Float.POSITIVE_INFINITY;
    for (int code = 0; code < 1 << bits; code++) {
      float distance = 0;
      for (int d = 0; d < dimensions; d++) {
        float difference = x[offset + d] * scale - number(group, code, d);
        distance += difference * difference;
      }
      if (distance < least) {
        least = distance;
        best = code;
      }
    }
    return best;
  }

  /// For each value of half a byte of codes, what the codes in it stand for: channel by channel,
  /// `[books][channels][16]`. Null unless codes have 1, 2 or 4 bits.
  float[] halfByteColumns() {
    return halfByteColumns;
  }

  /// The smallest number in a group's points, and zero.
  float least(int group) {
    return least[group % books];
  }

  /// The largest number in a group's points, and zero.
  float largest(int group) {
    return largest[group % books];
  }

  /// All numbers `[books][2^bits][dimensions]`, for the kernels.
  public float[] points() {
    return points;
  }

  private float[] columns() {
    int channels = 4 / bits * dimensions;
    float[] columns = new float[books * channels * 16];
    for (int i = 0; i < columns.length; i++) {
      int channel = i / 16 % channels;
      int code = i % 16 >> channel / dimensions * bits & (1 << bits) - 1;
      columns[i] = number(i / 16 / channels, code, channel % dimensions);
    }
    return columns;
  }

  /// The book after one round of Lloyd's algorithm.
  private CodeBook improved(float[] vectors, int count) {
    double[] sums = new double[points.length];
    int[] members = new int[1 << bits];
    double farthest = -1;
    int lonely = 0;
    for (int i = 0; i < count; i++) {
      int code = nearest(0, vectors, i * dimensions, 1);
      double distance = 0;
      for (int d = 0; d < dimensions; d++) {
        float x = vectors[i * dimensions + d];
        sums[code * dimensions + d] += x;
        distance += Math.pow(x - number(0, code, d), 2);
      }
      members[code]++;
      if (distance > farthest) {
        farthest = distance;
        lonely = i;
      }
    }
    float[] moved = new float[points.length];
    for (int i = 0; i < points.length; i++) {
      int size = members[i / dimensions];
      moved[i] =
          size == 0 ? vectors[lonely * dimensions + i % dimensions] : (float) (sums[i] / size);
    }
    return new CodeBook(dimensions, bits, moved);
  }

  private static void requireShape(int dimensions, int bits) {
    if (dimensions < 1 || bits < 1 || bits > 8) {
      throw new IllegalArgumentException(
          "A book has points of at least one dimension and codes of 1 to 8 bits; asked for %d and %d."
              .formatted(dimensions, bits));
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CodeBook book
        && book.dimensions == dimensions
        && book.bits == bits
        && Arrays.equals(book.points, points);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(points);
  }

  @Override
  public String toString() {
    return "%d-D book of %d points".formatted(dimensions, 1 << bits);
  }
}
