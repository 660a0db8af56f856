package org.recollect.data;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.font.FontRenderContext;
import java.awt.geom.AffineTransform;
import java.awt.image.BufferedImage;
import org.recollect.tensor.RandomStream;

/// Small pictures of characters: material for vision that needs no download.
///
/// ```java
/// var glyphs = Glyphs.of("ABCDEFGH").sized(8).coloured();
/// float[][][] picture = glyphs.draw('A', GlyphStyle.VARIED.ink(Ink.RED), random);
/// ```
///
/// The outline of a character is centred by its bounds, scaled, turned, shifted and filled by
/// Java2D, which gives each pixel the share of it that is covered: `pixel = paper + covered * (ink
/// - paper) + noise`, kept within 0 to 1. One stream draws one picture on one Java runtime;
///   runtimes may differ in the last of the 256 steps at an edge.
///
/// @param characters the characters, each once
/// @param pixels along a side, 4 to 512
/// @param channels 1 for grey, 3 for red, green and blue
public record Glyphs(String characters, int pixels, int channels) {

  /// Of the side, an em; capitals are seven tenths of one.
  private static final double EM = .9;

  /// Of the side, at most, whatever the outline's width or height.
  private static final double LARGEST = .9;

  private static final FontRenderContext UNHINTED = new FontRenderContext(null, true, true);

  public Glyphs {
    if (characters.isEmpty()
        || characters.codePoints().distinct().count() != characters.codePoints().count()) {
      throw new IllegalArgumentException(
          "Glyphs are of one or more characters, each named once; got \"%s\"."
              .formatted(characters));
    }
    if (pixels < 4 || pixels > 512) {
      throw new IllegalArgumentException(
          "A glyph has 4 to 512 pixels along a side, not %d.".formatted(pixels));
    }
    Ink.WHITE.channels(channels);
  }

  /// These characters, grey, on 28 x 28 pixels.
  public static Glyphs of(String characters) {
    return new Glyphs(characters, 28, 1);
  }

  /// The same characters with another number of pixels along a side.
  public Glyphs sized(int pixels) {
    return new Glyphs(characters, pixels, channels);
  }

  /// The same characters in red, green and blue.
  public Glyphs coloured() {
    return new Glyphs(characters, pixels, 3);
  }

  /// How many characters there are: the classes of a classifier.
  public int size() {
    return characters.codePointCount(0, characters.length());
  }

  /// The code point of a class.
  public int codePoint(int index) {
    return characters.codePointAt(characters.offsetByCodePoints(0, index));
  }

  /// The character of a class, as text.
  public String character(int index) {
    return Character.toString(codePoint(index));
  }

  /// One picture of a class.
  ///
  /// @param index of the class, 0 to `size() - 1`
  /// @return `[pixels][pixels][channels]`, rows from the top, 0 to 1
  public float[][][] drawClass(int index, GlyphStyle style, RandomStream random) {
    return draw(codePoint(index), style, random);
  }

  /// One picture of a character, which need not be one of [#characters].
  ///
  /// @return `[pixels][pixels][channels]`, rows from the top, 0 to 1
  /// @throws IllegalArgumentException where the typeface lacks the character
  public float[][][] draw(int codePoint, GlyphStyle style, RandomStream random) {
    var typeface = random.pick(style.typefaces());
    double right = style.shift() * (2 * random.nextDouble() - 1);
    double down = style.shift() * (2 * random.nextDouble() - 1);
    double turn = style.turn() * (2 * random.nextDouble() - 1);
    double growth = style.scale() == 0 ? 0 : style.scale() * (2 * random.nextDouble() - 1);
    var place = new AffineTransform();
    place.translate(pixels * (.5 + right), pixels * (.5 + down));
    place.rotate(Math.toRadians(turn));
    place.scale(1 + growth, 1 + growth);
    return paint(
        covered(place.createTransformedShape(outline(codePoint, typeface))), style, random);
  }

  /// One picture without a glyph: paper and noise.
  public float[][][] blank(GlyphStyle style, RandomStream random) {
    return paint(new float[pixels][pixels], style, random);
  }

  /// The outline about the origin, in pixels.
  private Shape outline(int codePoint, Typeface typeface) {
    var font = typeface.font();
    var glyph = font.createGlyphVector(UNHINTED, Character.toString(codePoint));
    int code = glyph.getGlyphCode(0);
    // Java borrows what a font lacks from another, whose number stands in the upper bits.
    if (code == font.getMissingGlyphCode() || code >>> 24 != 0) {
      throw new IllegalArgumentException(
          "The typeface %s has no glyph for %s (U+%04X): choose another character or typeface."
              .formatted(typeface, Character.toString(codePoint), codePoint));
    }
    var outline = glyph.getOutline();
    var bounds = outline.getBounds2D();
    double widest = Math.max(bounds.getWidth(), bounds.getHeight());
    double scale = pixels * Math.min(EM / Typeface.EM, LARGEST / Math.max(widest, 1));
    var centre = AffineTransform.getScaleInstance(scale, scale);
    centre.translate(-bounds.getCenterX(), -bounds.getCenterY());
    return centre.createTransformedShape(outline);
  }

  /// The share of each pixel that a shape covers.
  private float[][] covered(Shape shape) {
    var image = new BufferedImage(pixels, pixels, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.setColor(Color.WHITE);
    graphics.fill(shape);
    graphics.dispose();
    var covered = new float[pixels][pixels];
    for (int y = 0; y < pixels; y++) {
      for (int x = 0; x < pixels; x++) {
        covered[y][x] = (image.getRGB(x, y) & 0xFF) / 255f;
      }
    }
    return covered;
  }

  private float[][][] paint(float[][] covered, GlyphStyle style, RandomStream random) {
    float[] ink = style.ink().channels(channels);
    float[] paper = style.paper().channels(channels);
    var picture = new float[pixels][pixels][channels];
    for (int y = 0; y < pixels; y++) {
      for (int x = 0; x < pixels; x++) {
        for (int c = 0; c < channels; c++) {
          picture[y][x][c] = paper[c] + covered[y][x] * (ink[c] - paper[c]);
        }
      }
    }
    return style.noise() == 0 ? picture : Pictures.noisy(picture, style.noise(), random);
  }
}
