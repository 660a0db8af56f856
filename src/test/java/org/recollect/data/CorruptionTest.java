package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recollect.tensor.RandomStream;

class CorruptionTest {
  private static final Glyphs GLYPHS = Glyphs.of("A3gW");

  @ParameterizedTest
  @EnumSource
  void pictureMovesAwayWithEverySeverity(Corruption corruption) {
    double before = 0;
    for (int severity = 1; severity <= Corruption.WORST; severity++) {
      double sum = 0;
      for (int seed = 0; seed < 24; seed++) {
        var picture = glyph(GLYPHS, seed);
        sum += distance(picture, corruption.apply(picture, severity, random(seed)));
      }
      assertTrue(sum > 1.05 * before, "severity %d: %s after %s".formatted(severity, sum, before));
      before = sum;
    }
    assertTrue(before / 24 > .02, "the worst moves by " + before / 24);
  }

  @ParameterizedTest
  @EnumSource
  void shapeAndRangeStayAndTheGivenPictureToo(Corruption corruption) {
    for (int seed = 0; seed < 20; seed++) {
      var shape = random(seed);
      var glyphs = new Glyphs("A3gW", 4 + shape.nextInt(40), shape.nextBoolean() ? 1 : 3);
      var picture = glyph(glyphs, seed);
      var copy = glyph(glyphs, seed);
      var worse = corruption.apply(picture, 1 + shape.nextInt(5), random(seed));
      String which = "seed " + seed;
      assertTrue(Arrays.deepEquals(copy, picture), which);
      assertEquals(picture.length, worse.length, which);
      for (float[][] row : worse) {
        assertEquals(picture.length, row.length, which);
        for (float[] pixel : row) {
          assertEquals(glyphs.channels(), pixel.length, which);
          for (float value : pixel) {
            assertTrue(value >= 0 && value <= 1, which + ": " + value);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneStreamGivesOnePicture(Corruption corruption) {
    var picture = glyph(GLYPHS, 1);
    var first = corruption.apply(picture, 3, random(1));
    assertTrue(Arrays.deepEquals(first, corruption.apply(picture, 3, random(1))));
  }

  @Test
  void chanceDecidesWhereBarsAndLinesAreAndHowPicturesBend() {
    var picture = glyph(GLYPHS, 1);
    for (var corruption :
        new Corruption[] {
          Corruption.OCCLUSION_BARS,
          Corruption.SALT_LINES,
          Corruption.ELASTIC_WARP,
          Corruption.MOTION_BLUR,
          Corruption.FOG
        }) {
      assertFalse(
          Arrays.deepEquals(
              corruption.apply(picture, 3, random(1)), corruption.apply(picture, 3, random(2))),
          corruption.words());
    }
  }

  /// A mean over a neighbourhood leaves what is the same everywhere as it is.
  @Test
  void blursLeaveAnEvenPictureAlone() {
    var even = new float[28][28][1];
    for (float[][] row : even) {
      for (float[] pixel : row) {
        pixel[0] = .4f;
      }
    }
    for (var corruption :
        new Corruption[] {
          Corruption.DEFOCUS_BLUR,
          Corruption.MOTION_BLUR,
          Corruption.ZOOM_BLUR,
          Corruption.ELASTIC_WARP,
          Corruption.PIXELATE,
          Corruption.CONTRAST
        }) {
      assertEquals(0, distance(even, corruption.apply(even, 5, random(3))), 1e-6, "" + corruption);
    }
  }

  @Test
  void workedByHand() {
    var two = new float[][][] {{{0}, {1}}, {{.5f}, {.5f}}};
    assertPixels(Corruption.BRIGHTNESS.apply(two, 3, random(0)), .3, 1, .8, .8);
    assertPixels(Corruption.CONTRAST.apply(two, 4, random(0)), .4, .6, .5, .5);
    assertPixels(Corruption.INVERT_BLEND.apply(two, 5, random(0)), .7, .3, .5, .5);
  }

  @Test
  void shotNoiseKeepsTheMeanAndImpulsesHitTheirShare() {
    var grey = new float[100][100][1];
    for (float[][] row : grey) {
      for (float[] pixel : row) {
        pixel[0] = .3f;
      }
    }
    double sum = 0;
    for (float[][] row : Corruption.SHOT_NOISE.apply(grey, 1, random(5))) {
      for (float[] pixel : row) {
        sum += pixel[0];
      }
    }
    // Standard error: sqrt(.3 / 60 / 10000) < .001.
    assertEquals(.3, sum / 10_000, .004);
    int hit = 0;
    for (float[][] row : Corruption.IMPULSE_NOISE.apply(grey, 4, random(6))) {
      for (float[] pixel : row) {
        hit += pixel[0] == .3f ? 0 : 1;
      }
    }
    assertEquals(.17, hit / 10_000.0, .02);
  }

  @Test
  void refusesAnotherSeverity() {
    for (int severity : new int[] {0, 6}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Corruption.FOG.apply(glyph(GLYPHS, 0), severity, random(0)));
    }
  }

  private static void assertPixels(float[][][] picture, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], picture[i / 2][i % 2][0], 1e-6, "pixel " + i);
    }
  }

  private static float[][][] glyph(Glyphs glyphs, int seed) {
    return glyphs.drawClass(seed % 4, GlyphStyle.MIXED.noise(.02), random(seed));
  }

  private static double distance(float[][][] a, float[][][] b) {
    double sum = 0;
    for (int y = 0; y < a.length; y++) {
      for (int x = 0; x < a[y].length; x++) {
        for (int c = 0; c < a[y][x].length; c++) {
          sum += Math.abs(a[y][x][c] - b[y][x][c]);
        }
      }
    }
    return sum / a.length / a[0].length / a[0][0].length;
  }

  private static RandomStream random(long seed) {
    return RandomStream.of(seed, "corruption");
  }
}
