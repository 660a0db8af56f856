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
    requireFinite(points);
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

  /// One book fitted to vectors by Lloyd's algorithm (k-means), started from vectors far from each
  /// other. Deterministic. A point that no vector is nearest to takes the place of the vector that
  /// is farthest from its own point.
  ///
  /// @param dimensions numbers of a point, at least 1
  /// @param bits of a code, 1 to 8
  /// @param vectors `[count][dimensions]`, at least `2^bits` of them
  public static CodeBook fit(int dimensions, int bits, float[] vectors) {
    return lloyd(dimensions, bits, vectors, false);
  }

  /// One book of directions (Dhillon and Modha, "Concept Decompositions", 2001: spherical k-means):
  /// points of length 1 such that vectors lie at small angles to the nearest of them. Lengths of
  /// vectors do not count, which a radius takes up. Otherwise as [#fit].
  ///
  /// @param dimensions numbers of a point, at least 1
  /// @param bits of a code, 1 to 8
  /// @param vectors `[count][dimensions]`, at least `2^bits` of them
  public static CodeBook spherical(int dimensions, int bits, float[] vectors) {
    return lloyd(dimensions, bits, vectors, true);
  }

  private static CodeBook lloyd(int dimensions, int bits, float[] vectors, boolean directions) {
    requireShape(dimensions, bits);
    int count = vectors.length / dimensions;
    if (vectors.length % dimensions != 0 || count < 1 << bits) {
      throw new IllegalArgumentException(
          "A book of %d points is fitted to at least as many vectors of %d numbers; got %d numbers."
              .formatted(1 << bits, dimensions, vectors.length));
    }
    requireFinite(vectors);
    float[] samples = directions ? unit(dimensions, vectors) : vectors;
    var book = new CodeBook(dimensions, bits, spread(dimensions, bits, samples, count));
    for (int round = 0; round < ROUNDS; round++) {
      float[] moved = book.improved(samples, count);
      var better = new CodeBook(dimensions, bits, directions ? unit(dimensions, moved) : moved);
      if (better.equals(book)) {
        break;
      }
      book = better;
    }
    return book;
  }

  /// Points to start from: quantiles in one dimension; in more (Arthur and Vassilvitskii,
  /// "k-means++", 2007) vectors drawn one after another, each with a chance that grows with its
  /// squared distance from those drawn before.
  private static float[] spread(int dimensions, int bits, float[] vectors, int count) {
    if (dimensions == 1) {
      return quantiles(bits, vectors);
    }
    var random = RandomStream.of(0, "k-means++");
    float[] points = new float[dimensions << bits];
    double[] squares = new double[count];
    Arrays.fill(squares, 1);
    for (int to = 0; to < points.length; to += dimensions) {
      double rest = random.nextDouble() * Arrays.stream(squares).sum();
      int drawn = 0;
      while (drawn < count - 1 && (rest -= squares[drawn]) >= 0) {
        drawn++;
      }
      System.arraycopy(vectors, drawn * dimensions, points, to, dimensions);
      for (int i = 0; i < count; i++) {
        double distance = 0;
        for (int d = 0; d < dimensions; d++) {
          double difference = vectors[i * dimensions + d] - points[to + d];
          distance += difference * difference;
        }
        squares[i] = to == 0 ? distance : Math.min(squares[i], distance);
      }
    }
    return points;
  }

  private static float[] quantiles(int bits, float[] numbers) {
    float[] sorted = numbers.clone();
    Arrays.sort(sorted);
    float[] points = new float[1 << bits];
    for (int i = 0; i < points.length; i++) {
      points[i] = sorted[(int) ((2L * i + 1) * sorted.length >> bits + 1)];
    }
    return points;
  }

  /// Vectors of length 1 in the same directions; a vector of zeros stays as it is.
  private static float[] unit(int dimensions, float[] vectors) {
    float[] unit = vectors.clone();
    for (int from = 0; from < unit.length; from += dimensions) {
      double squares = 0;
      for (int i = from; i < from + dimensions; i++) {
        squares += (double) unit[i] * unit[i];
      }
      for (int i = from; squares > 0 && i < from + dimensions; i++) {
        unit[i] = (float) (unit[i] / Math.sqrt(squares));
      }
    }
    return unit;
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
  public int nearest(int group, float[] x, int offset, float scale) {
    int best = 0;
    float least = Float.POSITIVE_INFINITY;
    int point = (group % books << bits) * dimensions;
    for (int code = 0; code < 1 << bits; code++) {
      float distance = 0;
      for (int d = 0; d < dimensions; d++) {
        float difference = x[offset + d] * scale - points[point++];
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

  /// The points after one round of Lloyd's algorithm.
  private float[] improved(float[] vectors, int count) {
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
    return moved;
  }

  private static void requireFinite(float[] numbers) {
    for (float x : numbers) {
      if (!Float.isFinite(x)) {
        throw new IllegalArgumentException(
            "A book is made of finite numbers, not of " + x + ": leave such vectors out.");
      }
    }
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
