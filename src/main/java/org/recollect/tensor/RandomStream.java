package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// A stream of random numbers that its seed and its names define: the same on every platform, and
/// independent of what any other stream has drawn.
///
/// ```java
/// var random = RandomStream.of(seed, "initialisation");
/// var layer = random.split("layer", 3);   // the same whatever random has drawn before
/// ```
///
/// The generator is xoshiro256++ (Blackman and Vigna 2021, doi:10.1145/3460772), its state the
/// SHA-256 of seed and names. A stream is mutable and belongs to one thread.
public final class RandomStream implements RandomGenerator {
  private final byte[] key;
  private long s0;
  private long s1;
  private long s2;
  private long s3;
  private double spareGaussian = Double.NaN;

  private RandomStream(byte[] key) {
    this.key = key;
    var words = ByteBuffer.wrap(key);
    s0 = words.getLong();
    s1 = words.getLong();
    s2 = words.getLong();
    s3 = words.getLong();
  }

  /// The stream of a seed and a purpose.
  ///
  /// @param names strings, numbers or enum constants
  public static RandomStream of(long seed, Object... names) {
    return new RandomStream(hash(ByteBuffer.allocate(Long.BYTES).putLong(seed).array(), names));
  }

  /// A stream of its own under this one's name; neither draws from nor depends on the position of
  /// this one.
  public RandomStream split(Object... names) {
    return new RandomStream(hash(key, names));
  }

  @Override
  public long nextLong() {
    long result = Long.rotateLeft(s0 + s3, 23) + s0;
    long shifted = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = Long.rotateLeft(s3, 45);
    return result;
  }

  /// A standard normal number, by Marsaglia's polar method: the JDK's own may change between
  /// releases.
  @Override
  public double nextGaussian() {
    if (!Double.isNaN(spareGaussian)) {
      double spare = spareGaussian;
      spareGaussian = Double.NaN;
      return spare;
    }
    double x;
    double y;
    double square;
    do {
      x = 2 * nextDouble() - 1;
      y = 2 * nextDouble() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    double radius = Math.sqrt(-2 * StrictMath.log(square) / square);
    spareGaussian = y * radius;
    return x * radius;
  }

  /// Standard normal numbers `[count]`.
  public float[] gaussians(int count) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) nextGaussian();
    }
    return values;
  }

  /// A float32 array of normal numbers around 0.
  public NDArray gaussian(NDManager manager, Shape shape, double standardDeviation) {
    var values = gaussians(Math.toIntExact(shape.size()));
    for (int i = 0; i < values.length; i++) {
      values[i] *= (float) standardDeviation;
    }
    return Memory.ofFloats(manager, values, shape.getShape());
  }

  /// One element, each equally likely.
  public <T> T pick(List<T> elements) {
    if (elements.isEmpty()) {
      throw new IllegalArgumentException("There is nothing to pick from: the list is empty.");
    }
    return elements.get(nextInt(elements.size()));
  }

  /// The elements in a random order; the given list is left as it is.
  public <T> List<T> shuffle(List<T> elements) {
    return Arrays.stream(indices(elements.size(), elements.size()))
        .<T>mapToObj(elements::get)
        .toList();
  }

  /// Distinct indices below a bound in random order, each set of them equally likely.
  public int[] indices(int count, int bound) {
    if (count < 0 || count > bound) {
      throw new IllegalArgumentException(
          "%d distinct indices below %d were asked for, expected 0 to %d."
              .formatted(count, bound, bound));
    }
    var indices = IntStream.range(0, bound).toArray();
    for (int i = 0; i < count; i++) {
      int other = nextInt(i, bound);
      int chosen = indices[other];
      indices[other] = indices[i];
      indices[i] = chosen;
    }
    return Arrays.copyOf(indices, count);
  }

  /// Hashes names with their lengths, so that ("a", "b") and ("ab") differ.
  private static byte[] hash(byte[] key, Object... names) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      digest.update(key);
      for (var name : names) {
        if (!(name instanceof String || name instanceof Number || name instanceof Enum<?>)) {
          throw new IllegalArgumentException(
              "A stream's name is %s, expected a string, a number or an enum constant."
                  .formatted(name));
        }
        var bytes = name.toString().getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }
}
