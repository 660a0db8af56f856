package org.recollect.data;

import java.awt.Font;
import java.util.List;
import java.util.Locale;

/// The fonts that glyphs are drawn in: the six files of Debian's `fonts-dejavu-core`, so that
/// pictures do not depend on what else is installed.
public enum Typeface {
  SANS("DejaVu Sans", Font.PLAIN),
  SANS_BOLD("DejaVu Sans", Font.BOLD),
  SERIF("DejaVu Serif", Font.PLAIN),
  SERIF_BOLD("DejaVu Serif", Font.BOLD),
  MONO("DejaVu Sans Mono", Font.PLAIN),
  MONO_BOLD("DejaVu Sans Mono", Font.BOLD);

  /// Large, since outlines are rounded to 64ths of a pixel.
  static final int EM = 256;

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

  /// The font, [#EM] pixels an em.
  ///
  /// @throws IllegalStateException where Java finds no such font
  Font font() {
    String found = "";
    Throwable cause = null;
    Font font = null;
    try {
      font = new Font(family, style, EM);
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
    return font;
  }
}
