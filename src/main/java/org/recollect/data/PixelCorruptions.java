package org.recollect.data;

import org.recollect.tensor.RandomStream;

/// The [corruptions][Corruption] that change each pixel by itself.
final class PixelCorruptions {
  private PixelCorruptions() {}

  static float[][][] shot(float[][][] picture, double count, RandomStream random) {
    return Pictures.changed(picture, (_, _, _, value) -> poisson(value * count, random) / count);
  }

  /// Events before as many exponential waiting times have passed as the mean (Knuth's product of
  /// uniform numbers).
  private static int poisson(double mean, RandomStream random) {
    double end = StrictMath.exp(-mean);
    int events = 0;
    for (double left = random.nextDouble(); left > end; left *= random.nextDouble()) {
      events++;
    }
    return events;
  }

  static float[][][] impulse(float[][][] picture, double share, RandomStream random) {
    return Pictures.changed(
        picture,
        (_, _, _, value) -> {
          boolean hit = random.nextDouble() < share;
          double impulse = random.nextBoolean() ? 1 : 0;
          return hit ? impulse : value;
        });
  }

  static float[][][] brightness(float[][][] picture, double more, RandomStream random) {
    return Pictures.changed(picture, (_, _, _, value) -> value + more);
  }

  static float[][][] contrast(float[][][] picture, double left, RandomStream random) {
    double sum = 0;
    int count = 0;
    for (float[][] row : picture) {
      for (float[] pixel : row) {
        for (float value : pixel) {
          sum += value;
          count++;
        }
      }
    }
    double mean = sum / count;
    return Pictures.changed(picture, (_, _, _, value) -> mean + left * (value - mean));
  }

  static float[][][] invert(float[][][] picture, double share, RandomStream random) {
    return Pictures.changed(picture, (_, _, _, value) -> (1 - share) * value + share * (1 - value));
  }
}
