package org.recollect.unlearning.vision;

import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Split;
import org.recollect.lab.Meter;
import org.recollect.model.ImageClassifier;

/// Four letters, and who learns them.
final class Pupils {
  private static final Glyphs GLYPHS = Glyphs.of("ILOT");
  static final LabelledPictures TRAIN =
      LabelledPictures.draw(GLYPHS, GlyphStyle.MIXED, Split.TRAIN, 40, 1);
  static final LabelledPictures TEST =
      LabelledPictures.draw(GLYPHS, GlyphStyle.MIXED, Split.TEST, 15, 1);
  static final PictureLearner LEARNER = PictureLearner.convNet();

  private Pupils() {}

  /// To forget one class.
  static PictureRequest request(ImageClassifier model, int label) {
    return request(model, label, new Meter());
  }

  static PictureRequest request(ImageClassifier model, int label, Meter meter) {
    return new PictureRequest(
        model,
        TRAIN.where(item -> item.label() == label),
        TRAIN.where(item -> item.label() != label),
        LEARNER,
        1,
        meter,
        () -> {
          throw new AssertionError("nobody but the bound looks at the oracle");
        });
  }
}
