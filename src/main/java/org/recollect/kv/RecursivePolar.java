package org.recollect.kv;

import java.util.ArrayList;
import java.util.List;
import org.recollect.kernel.BitStream;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.TokenCode;

/// A vector in the recursive polar coordinates of [PolarQuant]: of each block of `2^levels`
/// channels the radius, in half precision, and the codes of its angles.
///
/// With `r_0 = x`, level `l` has half as many radii as the one before and an angle for each:
///
/// `r_l[i] = sqrt(r_(l-1)[2i]^2 + r_(l-1)[2i+1]^2)`\
/// `a_l[i] = atan2(r_(l-1)[2i+1], r_(l-1)[2i])`
///
/// in `[0, 2 pi)` on the first level, whose numbers have signs, and in `[0, pi/2]` above. The polar
/// transform itself loses nothing.
///
/// @param channels of a vector, a multiple of a block's
/// @param books the points of each level's angles, in radians
public record RecursivePolar(int channels, List<CodeBook> books) implements TokenCode {

  /// @throws IllegalArgumentException if blocks do not divide the vector
  public RecursivePolar {
    books = List.copyOf(books);
    if (channels < 1 || books.isEmpty() || channels % (1 << books.size()) != 0) {
      throw new IllegalArgumentException(
          "%d levels of angles make blocks of %d channels, which do not divide %d: choose fewer levels."
              .formatted(books.size(), 1 << books.size(), channels));
    }
  }

  @Override
  public String name() {
    return "polar " + books.stream().map(book -> book.bits()).toList();
  }

  @Override
  public int bits() {
    int bits = Short.SIZE;
    for (int level = 0; level < books.size(); level++) {
      bits += (block() >> level + 1) * books.get(level).bits();
    }
    return channels / block() * bits;
  }

  @Override
  public void encode(float[] vector, BitStream to) {
    float[] radii = vector.clone();
    for (int block = 0; block < channels; block += block()) {
      for (int level = 0; level < books.size(); level++) {
        var book = books.get(level);
        float[] angles = rise(radii, block, block() >> level);
        for (int i = 0; i < angles.length; i++) {
          to.put(book.nearest(0, angles, i, 1), book.bits());
        }
      }
      to.putHalf(radii[block]);
    }
  }

  @Override
  public void decode(BitStream from, float[] vector) {
    int[] codes = new int[block() - 1];
    for (int block = 0; block < channels; block += block()) {
      int taken = 0;
      for (int level = 0; level < books.size(); level++) {
        for (int i = 0; i < block() >> level + 1; i++) {
          codes[taken++] = from.take(books.get(level).bits());
        }
      }
      vector[block] = from.takeHalf();
      for (int level = books.size() - 1; level >= 0; level--) {
        int count = block() >> level + 1;
        taken -= count;
        descend(vector, block, codes, taken, count, books.get(level));
      }
    }
  }

  /// All angles of numbers that lie block after block, level by level.
  ///
  /// @param numbers as many as whole blocks hold; left as they are
  static List<float[]> angles(float[] numbers, int levels) {
    float[] radii = numbers.clone();
    int count = radii.length;
    var angles = new ArrayList<float[]>();
    for (int level = 0; level < levels; level++, count /= 2) {
      angles.add(rise(radii, 0, count));
    }
    return angles;
  }

  private int block() {
    return 1 << books.size();
  }

  /// Puts the radii of `count / 2` pairs in front.
  ///
  /// @return their angles
  private static float[] rise(float[] radii, int from, int count) {
    float[] angles = new float[count / 2];
    for (int i = 0; i < angles.length; i++) {
      double x = radii[from + 2 * i];
      double y = radii[from + 2 * i + 1];
      double angle = Math.atan2(y, x);
      angles[i] = (float) (angle < 0 ? angle + 2 * Math.PI : angle);
      radii[from + i] = (float) Math.hypot(x, y);
    }
    return angles;
  }

  /// Makes pairs of `count` radii, the last first, as they grow into where radii lie.
  private static void descend(
      float[] vector, int from, int[] codes, int firstCode, int count, CodeBook book) {
    for (int i = count - 1; i >= 0; i--) {
      double radius = vector[from + i];
      double angle = book.number(0, codes[firstCode + i], 0);
      vector[from + 2 * i + 1] = (float) (radius * Math.sin(angle));
      vector[from + 2 * i] = (float) (radius * Math.cos(angle));
    }
  }
}
