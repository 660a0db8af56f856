package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.cuda.Where;

/// Encoding on a device leaves the bytes that the reference leaves.
class CudaEncodingTest {

  private static final Encoding REFERENCE = new ReferenceEncoding();

  static Stream<Arguments> formats() {
    return Arrays.stream(Where.values())
        .flatMap(where -> Samples.keyFormats().map(format -> Arguments.of(where, format)));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void writesWhatTheReferenceWrites(Where where, PageFormat format) {
    var device = where.cuda().encoding();
    for (long seed = 0; seed < 10; seed++) {
      var random = new Random(seed);
      boolean points = format instanceof Book book && book.book().dimensions() > 1;
      boolean keys = points || seed % 2 == 0;
      int panels = 1 + random.nextInt(3);
      int channels = panels * (points ? 8 * (1 + random.nextInt(6)) : 1 + random.nextInt(70));
      int group = format.groupTokens();
      int capacity = group * (1 + random.nextInt(5 + 40 / group));
      try (var arena = Arena.ofConfined()) {
        var expected = Samples.page(arena, format, keys, panels, channels, capacity);
        var actual = Samples.page(arena, format, keys, panels, channels, capacity);
        for (int write = 0; write < 4; write++) {
          int at = group * random.nextInt(capacity / group);
          int tokens = group * (1 + random.nextInt((capacity - at) / group));
          float[] rows = rows(random, 5 + tokens * channels, write);
          REFERENCE.write(expected, at, rows, 5, tokens);
          device.write(actual, at, rows, 5, tokens);
          assertArrayEquals(
              expected.memory().toArray(ValueLayout.JAVA_BYTE),
              actual.memory().toArray(ValueLayout.JAVA_BYTE),
              "seed %d, write %d of %d tokens at %d, %d panels of %d channels, keys %b"
                  .formatted(seed, write, tokens, at, panels, channels / panels, keys));
        }
      }
    }
  }

  /// Ordinary, huge, denormal and equal numbers.
  private static float[] rows(Random random, int count, int kind) {
    float[] rows = Samples.gaussian(random, count);
    float scale = new float[] {1, 1e5f, 1e-41f, 0}[kind];
    for (int i = 0; i < count; i++) {
      rows[i] *= random.nextInt(50) == 0 ? 30 * scale : scale;
    }
    return rows;
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void pagesWrittenOnTheDeviceAreReadThere(Where where) {
    try (var arena = Arena.ofConfined()) {
      var step = new StepMaker(arena, 3).keys(Floats.F32).heads(1, 2, 16).pages(1).make();
      var attention = where.cuda().attention();
      attention.attend(step);
      var values = step.pages().getFirst().values();
      float[] ones = new float[16 * values.capacity()];
      Arrays.fill(ones, 1);
      values.write(0, ones, 0, values.capacity());
      where.cuda().encoding().write(values, 0, ones, 0, values.capacity());
      for (float x : attention.attend(step).output()) {
        assertEquals(1, x, 1e-6);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void measuresWhatTheReferenceMeasures(Where where) {
    for (long seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      int channels = 1 + random.nextInt(300);
      float[] rows = Samples.gaussian(random, channels * (1 + random.nextInt(60)));
      var expected = REFERENCE.statistics(rows, channels);
      var actual = where.cuda().encoding().statistics(rows, channels);
      assertArrayEquals(expected.min(), actual.min(), "seed " + seed);
      assertArrayEquals(expected.max(), actual.max(), "seed " + seed);
      assertArrayEquals(expected.mean(), actual.mean(), "seed " + seed);
      assertArrayEquals(expected.deviation(), actual.deviation(), "seed " + seed);
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void rotatesToTheLastBit(Where where) {
    for (int width = 1; width <= 512; width *= 2) {
      float[] expected = Samples.gaussian(new Random(width), width + 3);
      float[] actual = expected.clone();
      REFERENCE.rotate(expected, 2, width);
      where.cuda().encoding().rotate(actual, 2, width);
      assertArrayEquals(expected, actual, width + " wide");
    }
  }
}
