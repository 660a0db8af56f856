package org.recollect.unlearning.vision;

import org.recollect.lab.Arm;

/// A way to make an image classifier forget pictures: an arm of an [ErasureStudy].
public interface Eraser extends Arm {

  /// Begins to forget; nothing is forgotten yet.
  Erasing begin(PictureRequest request);
}
