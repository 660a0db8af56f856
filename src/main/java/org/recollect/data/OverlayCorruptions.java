package org.recollect.data;

import org.recollect.tensor.RandomStream;

/// The [corruptions][Corruption] that put something before the picture.
final class OverlayCorruptions {
  private static final double GREY = .5;

  /// How much lighter or darker fog is, at most.
  private static final double SWIRL = .3;

  private static final int BARS_ACROSS = 9;

  private OverlayCorruptions() {}

  static float[][][] fog(float[][][] picture, double density, RandomStream random) {
    var field = SmoothField.draw(3, random);
    double height = picture.length;
    double width = picture[0].length;
    return Pictures.changed(
        picture,
        (y, x, _, value) ->
            (1 - density) * value + density * (GREY + SWIRL * field.at(y / height, x / width)));
  }

  static float[][][] bars(float[][][] picture, double count, RandomStream random) {
    int wide = Math.max(1, Math.round((float) picture.length / BARS_ACROSS));
    var covered = picture;
    for (int i = 0; i < count; i++) {
      boolean across = random.nextBoolean();
      double share = random.nextDouble();
      int from = (int) (share * ((across ? picture.length : picture[0].length) - wide + 1));
      covered =
          Pictures.changed(
              covered,
              (y, x, _, value) -> {
                int at = across ? y : x;
                return at >= from && at < from + wide ? GREY : value;
              });
    }
    return covered;
  }

  static float[][][] lines(float[][][] picture, double count, RandomStream random) {
    var covered = picture;
    for (int i = 0; i < count; i++) {
      double throughY = random.nextDouble() * (picture.length - 1);
      double throughX = random.nextDouble() * (picture[0].length - 1);
      double angle = Math.PI * random.nextDouble();
      double sine = StrictMath.sin(angle);
      double cosine = StrictMath.cos(angle);
      covered =
          Pictures.changed(
              covered,
              (y, x, _, value) -> {
                double away = Math.abs((y - throughY) * cosine - (x - throughX) * sine);
                return Math.max(value, 1 - away);
              });
    }
    return covered;
  }
}
