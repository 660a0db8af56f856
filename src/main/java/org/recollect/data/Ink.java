package org.recollect.data;

import java.util.List;
import java.util.Locale;

/// A colour with a name, of ink or of paper. The seven bright ones are the corners of the RGB cube
/// but black, so that they lie as far apart as colours can.
public enum Ink {
  BLACK(0, 0, 0),
  WHITE(1, 1, 1),
  RED(1, 0, 0),
  GREEN(0, 1, 0),
  BLUE(0, 0, 1),
  YELLOW(1, 1, 0),
  CYAN(0, 1, 1),
  MAGENTA(1, 0, 1),
  GREY(.5f, .5f, .5f);

  private final float red;
  private final float green;
  private final float blue;

  Ink(float red, float green, float blue) {
    this.red = red;
    this.green = green;
    this.blue = blue;
  }

  /// The channels, 0 to 1.
  ///
  /// @param channels 3 for red, green, blue; 1 for the luma of ITU-R BT.601
  public float[] channels(int channels) {
    return switch (channels) {
      case 3 -> new float[] {red, green, blue};
      case 1 -> new float[] {.299f * red + .587f * green + .114f * blue};
      default ->
          throw new IllegalArgumentException(
              "A picture has 1 channel (grey) or 3 (colour), not %d.".formatted(channels));
    };
  }

  /// The name as a word: `red`.
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The six inks with a hue.
  public static List<Ink> hues() {
    return List.of(RED, GREEN, BLUE, YELLOW, CYAN, MAGENTA);
  }
}
