package org.recollect.unlearning.vision;

import org.recollect.lab.Arm;

/// A way to make an image classifier forget pictures: an arm of an [ErasureStudy].
public interface Eraser extends Arm {

  /// Who forgets: the study's learner, or the same taught in another way. What the arm starts from,
  /// and the oracle that it is led to and judged by, are of that learner.
  ///
  /// @param studied the study's
  default PictureLearner learner(PictureLearner studied) {
    return studied;
  }

  /// Begins to forget; nothing is forgotten yet.
  Erasing begin(PictureRequest request);
}
