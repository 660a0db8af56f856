package org.recollect.train;

import org.recollect.model.ConvNet;
import org.recollect.model.ImageClassifier;
import org.recollect.model.VisionTransformer;

/// Floating-point operations of reading one picture: two for each weight and place that it is
/// applied to; norms, activations and attention's own products are left out.
public final class PictureCost {

  private PictureCost() {}

  /// @param pixels along a side of the picture
  public static double forward(ImageClassifier model, int pixels) {
    double places = pixels;
    double flop = 0;
    switch (model) {
      case ConvNet net -> {
        for (var weight : net.weights().asMap().values()) {
          boolean filter = weight.getShape().dimension() == 4;
          if (filter) {
            flop += 2 * weight.size() * places * places;
            places /= 2;
          }
        }
      }
      case VisionTransformer transformer -> {
        double patches = places / transformer.config().patch();
        flop = 2.0 * transformer.weights().parameters() * (patches * patches + 1);
      }
      default -> flop = 2.0 * model.weights().parameters();
    }
    return flop;
  }
}
