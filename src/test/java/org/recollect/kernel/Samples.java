package org.recollect.kernel;

import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.Stream;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// Random vectors and the formats that the tests go through.
final class Samples {

  private Samples() {}

  static Stream<PageFormat> formats() {
    return Stream.of(
        Floats.F32,
        Floats.F16,
        Floats.BF16,
        Grid.perToken(8, 32).centred(),
        Grid.perToken(4, 32).centred(),
        Grid.perToken(1, 7),
        Grid.perToken(2, 32),
        Grid.perToken(3, 32),
        Grid.perToken(3, 5).clipped(0.8),
        Grid.perToken(4, 128),
        Grid.perToken(5, 16),
        Grid.perToken(7, 3).centred(),
        Grid.perChannel(2, 32),
        Grid.perChannel(3, 16).clipped(0.9),
        new Grid(6, 4, 4, false, 1),
        new Grid(2, 16, 16, false, 1),
        new Book(CodeBook.gaussian(1, 1), 16),
        new Book(CodeBook.gaussian(1, 2), 64),
        new Book(CodeBook.gaussian(1, 3), 8),
        new Book(CodeBook.gaussian(1, 4), 32));
  }

  /// Formats that only keys have: points of several dimensions.
  static Stream<PageFormat> keyFormats() {
    float[] eightBooks = gaussian(new Random(1), 8 * 16 * 2);
    return Stream.concat(
        formats(),
        Stream.of(
            new Book(CodeBook.gaussian(2, 4), 16),
            new Book(CodeBook.gaussian(4, 4), 8),
            new Book(CodeBook.gaussian(2, 6), 4),
            new Book(CodeBook.of(2, 4, eightBooks), 8)));
  }

  /// Formats of keys whose radii take a byte, among them directions of many dimensions.
  static Stream<PageFormat> byteRadii() {
    float[] threeBooks = gaussian(new Random(2), 3 * 64 * 8);
    return Stream.of(
        new Book(CodeBook.gaussian(1, 2), 64, 8, false),
        new Book(CodeBook.gaussian(4, 4), 16, 8, true),
        new Book(CodeBook.of(8, 6, threeBooks), 8, 8, true),
        new Book(CodeBook.gaussian(8, 4), 16, 8, false),
        new Book(CodeBook.gaussian(16, 3), 16, 8, true));
  }

  /// A page of keys or of values.
  static Page page(
      Arena arena, PageFormat format, boolean keys, int panels, int channels, int capacity) {
    return keys
        ? Page.keys(arena, format, panels, channels, capacity)
        : Page.values(arena, format, panels, channels, capacity);
  }

  static float[] gaussian(Random random, int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
