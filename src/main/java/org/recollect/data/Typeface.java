package org.recollect.data;

import java.awt.Font;
import java.awt.geom.AffineTransform;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The fonts that glyphs are drawn in: the six files of Debian's `fonts-dejavu-core`, so that
/// pictures do not depend on what else is installed, and three of them slanted.
public enum Typeface {
  SANS("DejaVu Sans", Font.PLAIN),
  SANS_BOLD("DejaVu Sans", Font.BOLD),
  SERIF("DejaVu Serif", Font.PLAIN),
  SERIF_BOLD("DejaVu Serif", Font.BOLD),
  MONO("DejaVu Sans Mono", Font.PLAIN),
  MONO_BOLD("DejaVu Sans Mono", Font.BOLD),
  SANS_OBLIQUE("DejaVu Sans", Font.ITALIC),
  SERIF_OBLIQUE("DejaVu Serif", Font.ITALIC),
  MONO_OBLIQUE("DejaVu Sans Mono", Font.ITALIC);

  /// Large, since outlines are rounded to 64ths of a pixel.
  static final int EM = 256;

  /// Of the height, how far an oblique one leans to the right: 11 degrees.
  private static final double SLANT = .2;

  private final String family;
  private final int style;

  Typeface(String family, int style) {
    this.family = family;
    this.style = style;
  }

  /// All of them.
  public static List<Typeface> all() {
    return List.of(values());
  }

  /// The six that are not oblique.
  public static List<Typeface> upright() {
    return Arrays.stream(values()).filter(typeface -> !typeface.oblique()).toList();
  }

  private boolean oblique() {
    return style == Font.ITALIC;
  }

  /// The font, [#EM] pixels an em.
  ///
  /// @throws IllegalStateException where Java finds no such font
  Font font() {
    String found = "";
    Throwable cause = null;
    Font font = null;
    try {
      // Java would slant by itself, but where a true italic is installed it takes that.
      font = new Font(family, oblique() ? Font.PLAIN : style, EM);
      found = font.getFamily(Locale.ROOT);
    } catch (RuntimeException | LinkageError | InternalError e) {
      cause = e;
    }
    // Java answers a family that it lacks with one that it has.
    if (!found.equals(family)) {
      throw new IllegalStateException(
          "Glyphs are drawn in %s, which this machine does not offer: install the Debian packages fonts-dejavu-core and libfontconfig1."
              .formatted(family),
          cause);
    }
    return oblique() ? font.deriveFont(AffineTransform.getShearInstance(-SLANT, 0)) : font;
  }
}
