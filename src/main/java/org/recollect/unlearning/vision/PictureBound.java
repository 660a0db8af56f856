package org.recollect.unlearning.vision;

import java.util.Map;

/// What every study of erasure shows beside its arms: the model that has seen everything, and the
/// oracle that has never seen what is to be forgotten.
///
/// @param name as tables show it
/// @param oracle whether it is the oracle
public record PictureBound(String name, boolean oracle) implements Eraser {
  /// Nothing is forgotten.
  public static final PictureBound FULL = new PictureBound("full model", false);

  /// A model that was trained from the same seed without the forget set.
  public static final PictureBound RETRAINED = new PictureBound("retrain oracle", true);

  @Override
  public Map<String, ?> configuration() {
    return Map.of("oracle", oracle);
  }

  /// Whatever is varied in how arms forget.
  @Override
  public boolean ignores(String setting) {
    return ErasureStudy.OF_FORGETTING.contains(setting);
  }

  @Override
  public Erasing begin(PictureRequest request) {
    return Erasing.none(oracle ? request.retrained().get() : request.model());
  }
}
