package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

class PageTest {

  @Test
  void twoBitsWorkedByHand() {
    try (Arena arena = Arena.ofConfined()) {
      var keys = Page.keys(arena, Grid.perToken(2, 4), 1, 4, 16);
      var values = Page.values(arena, Grid.perToken(2, 4), 1, 4, 4);
      float[] token = {-1, 0.4f, 2, 0.6f};
      keys.write(3, token, 0, 1);
      values.write(3, token, 0, 1);
      // Steps of 1 from -1: the codes are 0, 1, 3, 2, and four channels share the token's byte.
      assertEquals((byte) 0b10_11_01_00, keys.memory().get(JAVA_BYTE, 3));
      assertEquals(3, values.memory().get(JAVA_BYTE, 2) >>> 6 & 3, "four tokens share a channel's");
      for (var page : new Page[] {keys, values}) {
        float[] row = new float[4];
        page.read(3, row, 0);
        assertArrayEquals(new float[] {-1, 0, 2, 1}, row);
      }
      assertEquals(
          128, keys.bytes(), "16 bytes of codes and 32 half-precision numbers, rounded up");
      assertEquals(
          64, values.bytes(), "16 bytes of codes and 8 half-precision numbers, rounded up");
    }
  }

  @Test
  void symmetricCodesWorkedByHand() {
    try (Arena arena = Arena.ofConfined()) {
      var page = Page.values(arena, Grid.perToken(4, 3).centred(), 1, 3, 1);
      page.write(0, new float[] {-14, 1.1f, 5}, 0, 1);
      float[] row = new float[3];
      page.read(0, row, 0);
      assertArrayEquals(new float[] {-14, 2, 6}, row, "steps of 2, halves away from zero");
    }
  }

  @Test
  void pointsWorkedByHand() {
    var book = CodeBook.of(2, 1, new float[] {1, 1, 1, -1});
    try (Arena arena = Arena.ofConfined()) {
      var page = Page.keys(arena, new Book(book, 4), 1, 4, 16);
      page.write(2, new float[] {3, 3, 2, -4}, 0, 1);
      assertEquals(0b10, page.memory().get(JAVA_BYTE, 2), "the first point, then the second");
      float[] row = new float[4];
      page.read(2, row, 0);
      // The radius that fits best: (3 + 3 + 2 + 4) / 4.
      assertArrayEquals(new float[] {3, 3, 3, -3}, row);
      var whole = Page.keys(arena, new Book(book, 4, 16, true), 1, 4, 16);
      whole.write(2, new float[] {3, 3, 0, -6}, 0, 1);
      whole.read(2, row, 0);
      // The length is kept: sqrt(9 + 9 + 36) = sqrt(4) times the radius.
      assertArrayEquals(new float[] {3.674f, 3.674f, 3.674f, -3.674f}, row, 2e-3f);
    }
  }

  @Test
  void aRadiusOfAByteKeepsThreeBitsOfFraction() {
    for (long seed = 0; seed < 200; seed++) {
      float x = (float) Math.exp(20 * new Random(seed).nextDouble() - 9);
      float kept = Page.radius(Page.radiusByte(x));
      assertEquals(x, kept, Math.min(x, 62000) / 16 + Math.max(0, x - 61440), "seed " + seed);
      assertEquals(kept, Page.radius(Page.radiusByte(kept)), "what is kept stays, seed " + seed);
    }
    for (float exact : new float[] {0, 0.5f, 1, 1.125f, 15, 61440}) {
      assertEquals(exact, Page.radius(Page.radiusByte(exact)));
    }
    assertEquals(61440, Page.radius(Page.radiusByte(Float.MAX_VALUE)), "finite");
    assertThrows(
        IllegalArgumentException.class, () -> new Book(CodeBook.gaussian(1, 2), 16, 4, false));
  }

  @Test
  void aFullPageOfWholeVectorsHoldsWhatItsFormatSays() {
    var formats =
        List.of(
            Floats.F32,
            Floats.F16,
            Floats.BF16,
            Grid.perToken(8, 64).centred(),
            Grid.perToken(4, 32),
            Grid.perToken(2, 32),
            Grid.perToken(3, 16),
            Grid.perChannel(2, 32),
            new Book(CodeBook.gaussian(1, 2), 64));
    try (Arena arena = Arena.ofConfined()) {
      for (PageFormat format : formats) {
        var keys = Page.keys(arena, format, 2, 2 * 64, 64);
        var values = Page.values(arena, format, 2, 2 * 64, 64);
        assertEquals(format.bytes(64, 2 * 64), keys.bytes(), format.toString());
        assertEquals(format.bytes(64, 2 * 64), values.bytes(), format.toString());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.recollect.kernel.Samples#formats")
  void errorIsWithinHalfAStep(PageFormat format) {
    for (long seed = 0; seed < 12; seed++) {
      var random = new Random(seed);
      int panels = 1 + random.nextInt(3);
      int channels = panels * 4 * (1 + random.nextInt(20));
      int group = format.groupTokens();
      int capacity = group * (1 + random.nextInt(3));
      float[] rows = Samples.gaussian(random, capacity * channels);
      try (Arena arena = Arena.ofConfined()) {
        var page = Samples.page(arena, format, random.nextBoolean(), panels, channels, capacity);
        for (int at = capacity - group; at >= 0; at -= group) {
          page.write(at, rows, at * channels, group);
        }
        float[] row = new float[channels];
        for (int t = 0; t < capacity; t++) {
          page.read(t, row, 0);
          for (int c = 0; c < channels; c++) {
            double allowed =
                switch (format) {
                  case Floats f -> Math.abs(rows[t * channels + c]) * relativeError(f) + 1e-7;
                  case Grid g when g.clip() < 1 -> Double.POSITIVE_INFINITY;
                  case Grid _ -> page.scale(t, c) * 0.5 + 4e-3;
                  case Book _, Coded _ -> 2.5 * Math.max(1, Math.abs(rows[t * channels + c]));
                };
            double error = Math.abs(row[c] - rows[t * channels + c]);
            assertTrue(error <= allowed, "seed " + seed + " token " + t + " channel " + c);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.recollect.kernel.Samples#formats")
  void overwritingATokenLeavesTheOthers(PageFormat format) {
    for (boolean keys : new boolean[] {true, false}) {
      var random = new Random(5);
      int channels = 24;
      int group = format.groupTokens();
      try (Arena arena = Arena.ofConfined()) {
        var page = Samples.page(arena, format, keys, 2, channels, 3 * group);
        page.write(0, Samples.gaussian(random, 3 * group * channels), 0, 3 * group);
        float[][] before = rows(page);
        page.write(group, Samples.gaussian(random, group * channels), 0, group);
        float[][] after = rows(page);
        for (int t = 0; t < page.capacity(); t++) {
          assertEquals(t / group != 1, Arrays.equals(before[t], after[t]), "token " + t);
        }
      }
    }
  }

  @Test
  void extremeNumbersStayFinite() {
    try (Arena arena = Arena.ofConfined()) {
      for (PageFormat format : new PageFormat[] {Floats.F16, Floats.BF16, Grid.perToken(2, 4)}) {
        var page = Page.keys(arena, format, 1, 4, 1);
        page.write(0, new float[] {Float.MAX_VALUE, -1e30f, 0, 1e-30f}, 0, 1);
        for (float x : rows(page)[0]) {
          assertTrue(Float.isFinite(x), format + " gave " + x);
        }
        page.write(0, new float[] {3, 3, 3, 3}, 0, 1);
        assertArrayEquals(new float[] {3, 3, 3, 3}, rows(page)[0], "a constant needs no step");
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (Arena arena = Arena.ofConfined()) {
      var page = Page.keys(arena, Grid.perChannel(2, 32), 1, 4, 64);
      float[] rows = new float[64 * 4];
      assertThrows(IllegalArgumentException.class, () -> page.write(16, rows, 0, 32));
      assertThrows(IllegalArgumentException.class, () -> page.write(32, rows, 0, 64));
      assertThrows(IllegalArgumentException.class, () -> page.write(0, rows, 0, 5));
      assertThrows(IllegalArgumentException.class, () -> page.write(0, rows, 1, 64));
      assertThrows(IllegalArgumentException.class, () -> Page.keys(arena, page.format(), 1, 4, 48));
      assertThrows(IllegalArgumentException.class, () -> Page.keys(arena, page.format(), 3, 4, 64));
      var book = new Book(CodeBook.gaussian(2, 4), 4);
      assertThrows(IllegalArgumentException.class, () -> Page.values(arena, book, 1, 4, 64));
      assertThrows(IllegalArgumentException.class, () -> Page.keys(arena, book, 1, 5, 64));
    }
    assertThrows(IllegalArgumentException.class, () -> Grid.perToken(9, 32));
    assertThrows(IllegalArgumentException.class, () -> new Book(CodeBook.gaussian(2, 4), 3));
    assertThrows(IllegalArgumentException.class, () -> Grid.perToken(1, 32).centred());
    assertThrows(IllegalArgumentException.class, () -> Grid.perToken(2, 32).clipped(0));
  }

  @Test
  void refusesWhatIsNotFiniteAndKeepsWhatItHas() {
    try (Arena arena = Arena.ofConfined()) {
      var page = Page.keys(arena, Floats.F32, 1, 2, 4);
      page.write(0, new float[] {1, 2}, 0, 1);
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
        var refusal =
            assertThrows(
                IllegalArgumentException.class,
                () -> page.write(0, new float[] {3, 4, 5, bad}, 0, 2));
        assertTrue(refusal.getMessage().startsWith("Channel 1 of token 1"), refusal.getMessage());
        assertArrayEquals(new float[] {1, 2}, rows(page)[0]);
      }
    }
  }

  private static float[][] rows(Page page) {
    float[][] rows = new float[page.capacity()][page.channels()];
    for (int t = 0; t < rows.length; t++) {
      page.read(t, rows[t], 0);
    }
    return rows;
  }

  private static double relativeError(Floats floats) {
    return switch (floats.precision()) {
      case F32 -> 0;
      case F16 -> Math.scalb(1, -11);
      case BF16 -> Math.scalb(1, -8);
    };
  }
}
