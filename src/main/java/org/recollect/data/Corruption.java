package org.recollect.data;

import java.util.Locale;
import org.recollect.tensor.RandomStream;

/// Ways in which a picture goes bad, each at five severities.
///
/// ```java
/// float[][][] worse = Corruption.FOG.apply(picture, 3, random);
/// ```
///
/// The kinds are those of Hendrycks and Dietterich ("Benchmarking Neural Network Robustness to
/// Common Corruptions and Perturbations", 2019, arXiv:1903.12261, section 3) that make sense for
/// glyphs, and three that cover or invert them; the levels are for pictures of 28 x 28 pixels
/// (inferred), and lengths grow with the picture. The picture moves away from the clean one with
/// every severity: of one stream, each severity draws the same places and fields.
public enum Corruption {
  /// Normal noise; its standard deviation.
  GAUSSIAN_NOISE(Pictures::noisy, .08, .12, .18, .26, .38),
  /// Poisson noise; the count that stands for 1.
  SHOT_NOISE(PixelCorruptions::shot, 60, 25, 12, 5, 3),
  /// Pixels that are black or white; their share.
  IMPULSE_NOISE(PixelCorruptions::impulse, .03, .06, .09, .17, .27),
  /// The mean over a disc; its radius.
  DEFOCUS_BLUR(SpatialCorruptions::defocus, .8, 1.2, 1.6, 2.1, 2.7),
  /// The mean along a line at any angle; its length.
  MOTION_BLUR(SpatialCorruptions::motion, 2, 3, 4.5, 6, 8),
  /// The mean over enlargements; by how much the last one is larger.
  ZOOM_BLUR(SpatialCorruptions::zoom, .1, .2, .3, .4, .55),
  /// An uneven grey before the picture; how dense.
  FOG(OverlayCorruptions::fog, .2, .35, .5, .6, .7),
  /// More light; how much.
  BRIGHTNESS(PixelCorruptions::brightness, .1, .2, .3, .4, .5),
  /// Less distance from the mean; what is left of it.
  CONTRAST(PixelCorruptions::contrast, .6, .45, .3, .2, .1),
  /// A smooth displacement; its largest length along each axis.
  ELASTIC_WARP(SpatialCorruptions::elastic, 1.2, 1.8, 2.5, 3.3, 4.2),
  /// The mean over squares; their side.
  PIXELATE(SpatialCorruptions::pixelate, 1.5, 2, 3, 4, 5.5),
  /// JPEG; the quality that the JDK's encoder is asked for.
  JPEG(SpatialCorruptions::jpeg, .3, .2, .13, .08, .03),
  /// Grey bars, a ninth of the side wide, across or down; how many.
  OCCLUSION_BARS(OverlayCorruptions::bars, 1, 2, 3, 4, 5),
  /// A mixture with the negative; the negative's share.
  INVERT_BLEND(PixelCorruptions::invert, .1, .2, .3, .4, .7),
  /// White lines, one pixel wide, at any angle; how many.
  SALT_LINES(OverlayCorruptions::lines, 1, 2, 4, 6, 9);

  /// The worst severity; the mildest is 1.
  public static final int WORST = 5;

  private final Rule rule;
  private final double[] levels;

  /// What is done to a picture at a level; lengths are in pixels of a side of 28.
  private interface Rule {
    float[][][] apply(float[][][] picture, double level, RandomStream random);
  }

  Corruption(Rule rule, double... levels) {
    this.rule = rule;
    this.levels = levels;
  }

  /// The picture gone bad; the one given stays as it is.
  ///
  /// @param picture `[rows][columns][1 or 3]`, 0 to 1
  /// @param severity 1, hardly visible, to 5
  /// @param random of what is left to chance
  /// @return of the same shape, 0 to 1
  public float[][][] apply(float[][][] picture, int severity, RandomStream random) {
    if (severity < 1 || severity > WORST) {
      throw new IllegalArgumentException(
          "A corruption has a severity of 1 to %d, not %d.".formatted(WORST, severity));
    }
    return rule.apply(picture, levels[severity - 1], random);
  }

  /// The name as words: `gaussian noise`.
  public String words() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
