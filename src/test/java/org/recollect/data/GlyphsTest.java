package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.RandomStream;

class GlyphsTest {

  @Test
  void oneStreamDrawsOnePictureAndAnotherAnother() {
    var glyphs = Glyphs.of("ABé").sized(9).coloured();
    for (int seed = 0; seed < 20; seed++) {
      var style = GlyphStyle.VARIED.ink(Ink.hues().get(seed % 6));
      int letter = seed % glyphs.size();
      var first = glyphs.drawClass(letter, style, random(seed));
      assertTrue(
          Arrays.deepEquals(first, glyphs.drawClass(letter, style, random(seed))), "seed " + seed);
      assertFalse(
          Arrays.deepEquals(first, glyphs.drawClass(letter, style, random(seed + 99))),
          "seed " + seed);
    }
  }

  @Test
  void picturesHaveTheirShapeAndRange() {
    for (int seed = 0; seed < 50; seed++) {
      var shape = new Random(seed);
      int pixels = 4 + shape.nextInt(40);
      var glyphs = new Glyphs("Wi@.", pixels, shape.nextBoolean() ? 1 : 3);
      var style = GlyphStyle.VARIED.noise(shape.nextDouble()).turn(180).shift(.5);
      var picture = glyphs.drawClass(shape.nextInt(4), style, random(seed));
      assertEquals(pixels, picture.length, "seed " + seed);
      for (float[][] row : picture) {
        assertEquals(pixels, row.length, "seed " + seed);
        for (float[] pixel : row) {
          assertEquals(glyphs.channels(), pixel.length, "seed " + seed);
          for (float value : pixel) {
            assertTrue(value >= 0 && value <= 1, "seed " + seed);
          }
        }
      }
    }
  }

  @Test
  void aPlainGlyphStandsInTheMiddleWithRoomAround() {
    for (int pixels : new int[] {7, 8, 28}) {
      for (int letter : "WAgil—@".codePoints().toArray()) {
        var picture = Glyphs.of("A").sized(pixels).draw(letter, GlyphStyle.PLAIN, random(0));
        int top = 0;
        int bottom = 0;
        while (empty(picture[top])) {
          top++;
        }
        while (empty(picture[pixels - 1 - bottom])) {
          bottom++;
        }
        assertEquals(top, bottom, 1, "%c at %d".formatted(letter, pixels));
        assertTrue(top + bottom < pixels, "%c at %d".formatted(letter, pixels));
      }
    }
  }

  @Test
  void turnedByHalfACircleALetterStandsOnItsHead() {
    var glyphs = Glyphs.of("L").sized(24);
    var upright = glyphs.draw('L', GlyphStyle.PLAIN, random(0));
    for (int seed = 0; seed < 400; seed++) {
      // The stream gives the typeface, both shifts, and then the turn.
      var probe = random(seed);
      probe.nextInt(1);
      probe.nextDouble();
      probe.nextDouble();
      if (Math.abs(2 * probe.nextDouble() - 1) > .99) {
        var turned = glyphs.draw('L', GlyphStyle.PLAIN.turn(180), random(seed));
        double agreement = 0;
        for (int y = 0; y < 24; y++) {
          for (int x = 0; x < 24; x++) {
            agreement += Math.abs(upright[y][x][0] - turned[23 - y][23 - x][0]);
          }
        }
        assertTrue(agreement / 576 < .05, "seed " + seed + ": " + agreement / 576);
        return;
      }
    }
    throw new AssertionError("No seed turns by 178 degrees or more.");
  }

  @Test
  void obliqueLettersLeanToTheRight() {
    var glyphs = Glyphs.of("I").sized(28);
    var style = GlyphStyle.PLAIN.typefaces(Typeface.SANS_OBLIQUE);
    var oblique = glyphs.draw('I', style, random(0));
    assertTrue(middle(oblique[7]) > middle(oblique[20]) + 1.5, "leans by too little");
    var upright = glyphs.draw('I', GlyphStyle.PLAIN, random(0));
    assertEquals(middle(upright[7]), middle(upright[20]), .01);
  }

  /// The sizes are uniform between the smallest and the largest.
  @Test
  void sizesVaryAsFarAsTheStyleSays() {
    double full = width(GlyphStyle.PLAIN, 0);
    double least = 2;
    double most = 0;
    for (int seed = 0; seed < 200; seed++) {
      double share = width(GlyphStyle.PLAIN.scale(.3), seed) / full;
      least = Math.min(least, share);
      most = Math.max(most, share);
    }
    assertEquals(.7, least, .05);
    assertEquals(1.3, most, .05);
  }

  /// How much of the middle row, the bar of an H, is covered, in pixels.
  private static double width(GlyphStyle style, int seed) {
    var row = Glyphs.of("H").sized(100).draw('H', style, random(seed))[50];
    double sum = 0;
    for (float[] pixel : row) {
      sum += pixel[0];
    }
    return sum;
  }

  /// The mean place of the ink in a row, in pixels.
  private static double middle(float[][] row) {
    double sum = 0;
    double moment = 0;
    for (int x = 0; x < row.length; x++) {
      sum += row[x][0];
      moment += x * row[x][0];
    }
    return moment / sum;
  }

  @Test
  void inkAndPaperAreTheColoursNamed() {
    var glyphs = Glyphs.of("I").sized(16).coloured();
    var style = GlyphStyle.PLAIN.typefaces(Typeface.SANS_BOLD).ink(Ink.MAGENTA).paper(Ink.GREEN);
    var picture = glyphs.draw('I', style, random(0));
    assertArrayEquals(new float[] {1, 0, 1}, picture[8][8]);
    assertArrayEquals(new float[] {0, 1, 0}, picture[0][0]);
    assertArrayEquals(new float[] {0, 1, 0}, glyphs.blank(style, random(0))[8][8]);
    var grey = Glyphs.of("I").sized(16).draw('I', style, random(0));
    assertEquals(.299 + .114, grey[8][8][0], 1e-6);
  }

  /// What a learner would be given: each class near its own mean, whatever typeface and turn.
  @Test
  void variedPicturesOfALetterLookAlike() {
    var glyphs = Glyphs.of("AHOTXZ").sized(12);
    var means = new float[glyphs.size()][144];
    for (int i = 0; i < glyphs.size(); i++) {
      for (int n = 0; n < 40; n++) {
        add(means[i], glyphs.drawClass(i, GlyphStyle.VARIED, random(1000 * i + n)));
      }
    }
    int right = 0;
    int drawn = 240;
    for (int n = 0; n < drawn; n++) {
      var picture = new float[144];
      add(picture, glyphs.drawClass(n % 6, GlyphStyle.VARIED, random(100_000 + n)));
      int nearest = 0;
      for (int i = 1; i < 6; i++) {
        if (cosine(picture, means[i]) > cosine(picture, means[nearest])) {
          nearest = i;
        }
      }
      right += nearest == n % 6 ? 1 : 0;
    }
    assertTrue(right > .8 * drawn, right + " of " + drawn);
  }

  @Test
  void tiledPicturesReadLikeText() {
    var glyphs = Glyphs.of("ABC").sized(4);
    var pictures = new float[3][][][];
    Arrays.setAll(pictures, i -> glyphs.drawClass(i, GlyphStyle.PLAIN, random(0)));
    var tiled = Pictures.tile(pictures, 2);
    assertEquals(8, tiled.length);
    assertEquals(8, tiled[0].length);
    assertEquals(pictures[1][2][1][0], tiled[2][5][0]);
    assertEquals(pictures[2][1][2][0], tiled[5][2][0]);
    assertEquals(0, tiled[6][6][0]);
    assertEquals(24, Pictures.show(tiled, 3).getWidth());
  }

  @Test
  void refusesWhatCannotBeDrawn() {
    assertThrows(IllegalArgumentException.class, () -> Glyphs.of(""));
    assertThrows(IllegalArgumentException.class, () -> Glyphs.of("ABA"));
    assertThrows(IllegalArgumentException.class, () -> Glyphs.of("A").sized(3));
    assertThrows(IllegalArgumentException.class, () -> GlyphStyle.PLAIN.shift(-.1));
    assertThrows(IllegalArgumentException.class, () -> GlyphStyle.PLAIN.scale(1));
    assertThrows(
        IllegalArgumentException.class,
        () -> new GlyphStyle(List.of(), Ink.RED, Ink.BLACK, 0, 0, 0, 0));
    var message =
        assertThrows(
            IllegalArgumentException.class,
            () -> Glyphs.of("A").draw(0x6F22, GlyphStyle.PLAIN, random(0)));
    assertTrue(message.getMessage().contains("U+6F22"), message.getMessage());
  }

  private static boolean empty(float[][] row) {
    for (float[] pixel : row) {
      if (pixel[0] > 0) {
        return false;
      }
    }
    return true;
  }

  private static void add(float[] sum, float[][][] picture) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += picture[i / picture.length][i % picture.length][0];
    }
  }

  private static double cosine(float[] a, float[] b) {
    double dot = 0;
    double square = 0;
    for (int i = 0; i < a.length; i++) {
      dot += a[i] * b[i];
      square += b[i] * b[i];
    }
    return dot / Math.sqrt(square);
  }

  private static RandomStream random(long seed) {
    return RandomStream.of(seed, "glyphs");
  }
}
