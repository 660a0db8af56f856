package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Grid;

/// Vector code leaves the bytes that the reference leaves.
class EncodingTest {

  private static final Encoding REFERENCE = new ReferenceEncoding();
  private static final Encoding SIMD = new SimdEncoding();
  private static final int[] HEAD_DIMS = {16, 32, 48, 64, 80, 96, 128, 256};

  static Stream<PageFormat> formats() {
    return Stream.concat(
        Stream.concat(Samples.keyFormats(), Samples.byteRadii()),
        Stream.of(
            Grid.perToken(1, 32),
            Grid.perToken(8, 128),
            Grid.perToken(2, 128).clipped(0.9).centred(),
            Grid.perChannel(4, 64).centred(),
            Grid.perChannel(1, 8),
            new Grid(2, 4, 32, false, 1),
            new Grid(8, 2, 48, true, 0.7),
            new Book(CodeBook.gaussian(4, 1), 128),
            new Book(CodeBook.gaussian(1, 8), 128),
            new Book(CodeBook.gaussian(4, 8), 16),
            new Book(CodeBook.gaussian(8, 3), 8)));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void writesWhatTheReferenceWrites(PageFormat format) {
    for (long seed = 0; seed < 24; seed++) {
      var random = new Random(seed);
      boolean points = format instanceof Book book && book.book().dimensions() > 1;
      boolean keys = points || random.nextBoolean();
      int panels = 1 + random.nextInt(3);
      int odd =
          format instanceof Book book && points
              ? Math.max(8, book.book().dimensions()) * (1 + random.nextInt(6))
              : 1 + random.nextInt(70);
      int headDim = seed % 3 == 0 ? odd : HEAD_DIMS[random.nextInt(HEAD_DIMS.length)];
      int channels = panels * headDim;
      int group = format.groupTokens();
      int capacity = group * (1 + random.nextInt(5 + 70 / group));
      try (var arena = Arena.ofConfined()) {
        var expected = Samples.page(arena, format, keys, panels, channels, capacity);
        var actual = Samples.page(arena, format, keys, panels, channels, capacity);
        for (int write = 0; write < 12; write++) {
          int first = random.nextInt(capacity / group);
          int groups =
              switch (write % 3) {
                case 0 -> 1;
                case 1 -> 1 + random.nextInt(capacity / group - first);
                default -> capacity / group;
              };
          int at = group * (groups == capacity / group ? 0 : first);
          float[] rows = rows(random, 5 + groups * group * channels, write);
          REFERENCE.write(expected, at, rows, 5, groups * group);
          SIMD.write(actual, at, rows, 5, groups * group);
          assertArrayEquals(
              expected.memory().toArray(ValueLayout.JAVA_BYTE),
              actual.memory().toArray(ValueLayout.JAVA_BYTE),
              "seed %d, write %d of %d tokens at %d of %d, %d panels of %d channels, keys %b"
                  .formatted(seed, write, groups * group, at, capacity, panels, headDim, keys));
        }
      }
    }
  }

  /// Ordinary, huge and denormal numbers, ties, constants, zeros of both signs.
  private static float[] rows(Random random, int count, int kind) {
    float[] rows = Samples.gaussian(random, count);
    for (int i = 0; i < count; i++) {
      float x = rows[i];
      boolean outlier = random.nextInt(50) == 0;
      rows[i] =
          switch (kind % 8) {
            case 0, 1 -> outlier ? 30 * x : x;
            case 2 -> outlier ? Float.MAX_VALUE * Math.signum(x) : 1e5f * x;
            case 3 -> 1e-41f * x;
            case 4 -> Math.round(x);
            case 5 -> Math.copySign(0f, outlier ? x : -1);
            case 6 -> -1.7f;
            default -> 1e-22f * x;
          };
    }
    return rows;
  }

  @Test
  void measuresWhatTheReferenceMeasures() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      int channels = 1 + random.nextInt(300);
      float[] rows = rows(random, channels * (1 + random.nextInt(60)), (int) seed);
      var expected = REFERENCE.statistics(rows, channels);
      var actual = SIMD.statistics(rows, channels);
      assertArrayEquals(expected.min(), actual.min(), "seed " + seed);
      assertArrayEquals(expected.max(), actual.max(), "seed " + seed);
      assertArrayEquals(expected.mean(), actual.mean(), "seed " + seed);
      assertArrayEquals(expected.deviation(), actual.deviation(), "seed " + seed);
    }
  }

  @Test
  void leavesItsArgumentAlone() {
    float[] rows = Samples.gaussian(new Random(1), 4 * 64);
    float[] before = rows.clone();
    try (var arena = Arena.ofConfined()) {
      for (var format : Samples.formats().filter(each -> each.groupTokens() == 1).toList()) {
        SIMD.write(Page.values(arena, format, 2, 64, 4), 0, rows, 0, 4);
      }
    }
    assertArrayEquals(before, rows, Arrays.toString(before));
  }
}
