package org.recollect.data;

import java.util.List;

/// How a glyph is drawn: what is fixed, and what is left to chance.
///
/// ```java
/// GlyphStyle.VARIED.ink(Ink.RED).typefaces(Typeface.SERIF).noise(.2)
/// ```
///
/// A domain is a style of its own, such as one typeface or one paper; a corruption is more noise,
/// or another turn, than a learner has met.
///
/// @param typefaces of which each drawing picks one
/// @param ink of the glyph
/// @param paper behind it
/// @param shift the largest shift off the centre along each axis, as a share of the side, 0 to .5
/// @param turn the largest rotation to either side, in degrees, 0 to 180
/// @param scale the largest change of size to either side, as a share of the size, 0 to .9
/// @param noise standard deviation of the normal noise on each channel of each pixel, of a range of
///   1
public record GlyphStyle(
    List<Typeface> typefaces,
    Ink ink,
    Ink paper,
    double shift,
    double turn,
    double scale,
    double noise) {

  /// White on black, upright, in the middle, in one typeface: nothing is left to chance.
  public static final GlyphStyle PLAIN =
      new GlyphStyle(List.of(Typeface.SANS), Ink.WHITE, Ink.BLACK, 0, 0, 0, 0);

  /// Any upright typeface, shifted by up to 2 pixels of 28, turned by up to 10 degrees, with a
  /// little noise.
  public static final GlyphStyle VARIED =
      new GlyphStyle(Typeface.upright(), Ink.WHITE, Ink.BLACK, 2 / 28.0, 10, 0, .05);

  /// What classifiers are taught: the same in all nine typefaces, a tenth smaller or larger, with
  /// twice the noise.
  public static final GlyphStyle MIXED =
      new GlyphStyle(Typeface.all(), Ink.WHITE, Ink.BLACK, 2 / 28.0, 10, .1, .1);

  public GlyphStyle {
    typefaces = List.copyOf(typefaces);
    if (typefaces.isEmpty()) {
      throw new IllegalArgumentException("A style has at least one typeface: Typeface.SANS.");
    }
    if (!(shift >= 0 && shift <= .5) || !(turn >= 0 && turn <= 180) || !(noise >= 0)) {
      throw new IllegalArgumentException(
          "A style shifts by 0 to .5, turns by 0 to 180 degrees and has noise from 0 up; got %s, %s and %s."
              .formatted(shift, turn, noise));
    }
    if (!(scale >= 0 && scale <= .9)) {
      throw new IllegalArgumentException(
          "A style changes the size by 0 to .9 of it, not by %s.".formatted(scale));
    }
  }

  /// The same with these typefaces.
  public GlyphStyle typefaces(Typeface... chosen) {
    return new GlyphStyle(List.of(chosen), ink, paper, shift, turn, scale, noise);
  }

  /// The same with another ink.
  public GlyphStyle ink(Ink ink) {
    return new GlyphStyle(typefaces, ink, paper, shift, turn, scale, noise);
  }

  /// The same on another paper.
  public GlyphStyle paper(Ink paper) {
    return new GlyphStyle(typefaces, ink, paper, shift, turn, scale, noise);
  }

  /// The same with another largest shift, as a share of the side.
  public GlyphStyle shift(double shift) {
    return new GlyphStyle(typefaces, ink, paper, shift, turn, scale, noise);
  }

  /// The same with another largest rotation, in degrees.
  public GlyphStyle turn(double turn) {
    return new GlyphStyle(typefaces, ink, paper, shift, turn, scale, noise);
  }

  /// The same with another largest change of size, as a share of the size.
  public GlyphStyle scale(double scale) {
    return new GlyphStyle(typefaces, ink, paper, shift, turn, scale, noise);
  }

  /// The same with other noise.
  public GlyphStyle noise(double noise) {
    return new GlyphStyle(typefaces, ink, paper, shift, turn, scale, noise);
  }
}
