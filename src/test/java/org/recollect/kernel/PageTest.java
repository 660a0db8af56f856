package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

class PageTest {

  @Test
  void twoBitsWorkedByHand() {
    try (Arena arena = Arena.ofConfined()) {
      var page = Page.allocate(arena, Grid.perToken(2, 4), 4, 1);
      page.write(0, new float[] {-1, 0.4f, 2, 0.6f}, 0, 1);
      assertEquals(5, page.bytes(), "one byte of codes, two half-precision numbers");
      // Steps of 1 from -1: the codes are 0, 1, 3, 2, least significant first.
      assertEquals(
          (byte) 0b10_11_01_00, page.memory().get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0));
      float[] row = new float[4];
      page.read(0, row, 0);
      assertArrayEquals(new float[] {-1, 0, 2, 1}, row);
    }
  }

  @Test
  void symmetricCodesWorkedByHand() {
    try (Arena arena = Arena.ofConfined()) {
      var page = Page.allocate(arena, Grid.perToken(4, 3).centred(), 3, 1);
      page.write(0, new float[] {-14, 1.1f, 5}, 0, 1);
      float[] row = new float[3];
      page.read(0, row, 0);
      assertArrayEquals(new float[] {-14, 2, 6}, row, "steps of 2, halves away from zero");
      assertEquals(4, page.bytes(), "two bytes of codes, one half-precision scale");
    }
  }

  @ParameterizedTest
  @MethodSource("org.recollect.kernel.Samples#formats")
  void errorIsWithinHalfAStep(PageFormat format) {
    for (long seed = 0; seed < 8; seed++) {
      var random = new Random(seed);
      int channels = 1 + random.nextInt(70);
      int group = format.groupTokens();
      int capacity = group * (1 + random.nextInt(3));
      float[] rows = Samples.gaussian(random, capacity * channels);
      try (Arena arena = Arena.ofConfined()) {
        var page = Page.allocate(arena, format, channels, capacity);
        for (int at = capacity - group; at >= 0; at -= group) {
          page.write(at, rows, at * channels, group);
        }
        assertEquals(format.bytes(capacity, channels), page.bytes());
        float[] row = new float[channels];
        for (int t = 0; t < capacity; t++) {
          page.read(t, row, 0);
          for (int c = 0; c < channels; c++) {
            double allowed =
                switch (format) {
                  case Floats f -> Math.abs(rows[t * channels + c]) * relativeError(f) + 1e-7;
                  case Grid g when g.clip() < 1 -> Double.POSITIVE_INFINITY;
                  case Grid g -> page.scale(g, t, c) * 0.5 + 4e-3;
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
    var random = new Random(5);
    int channels = 13;
    int group = format.groupTokens();
    try (Arena arena = Arena.ofConfined()) {
      var page = Page.allocate(arena, format, channels, 3 * group);
      page.write(0, Samples.gaussian(random, 3 * group * channels), 0, 3 * group);
      float[][] before = rows(page);
      page.write(group, Samples.gaussian(random, group * channels), 0, group);
      float[][] after = rows(page);
      for (int t = 0; t < page.capacity(); t++) {
        assertEquals(t / group != 1, Arrays.equals(before[t], after[t]), "token " + t);
      }
    }
  }

  @Test
  void extremeNumbersStayFinite() {
    try (Arena arena = Arena.ofConfined()) {
      for (PageFormat format : new PageFormat[] {Floats.F16, Grid.perToken(2, 4)}) {
        var page = Page.allocate(arena, format, 4, 1);
        page.write(0, new float[] {1e30f, -1e30f, 0, 1e-30f}, 0, 1);
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
      var page = Page.allocate(arena, Grid.perChannel(2, 32), 4, 64);
      float[] rows = new float[64 * 4];
      assertThrows(IllegalArgumentException.class, () -> page.write(16, rows, 0, 32));
      assertThrows(IllegalArgumentException.class, () -> page.write(32, rows, 0, 64));
      assertThrows(IllegalArgumentException.class, () -> page.write(0, rows, 0, 5));
      assertThrows(IllegalArgumentException.class, () -> page.write(0, rows, 1, 64));
      assertThrows(
          IllegalArgumentException.class, () -> Page.allocate(arena, page.format(), 4, 48));
    }
    assertThrows(IllegalArgumentException.class, () -> Grid.perToken(9, 32));
    assertThrows(IllegalArgumentException.class, () -> Grid.perToken(1, 32).centred());
    assertThrows(IllegalArgumentException.class, () -> Grid.perToken(2, 32).clipped(0));
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
