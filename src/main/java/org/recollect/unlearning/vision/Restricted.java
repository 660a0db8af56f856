package org.recollect.unlearning.vision;

import java.util.Map;
import org.recollect.train.GradientRestriction;

/// Forgetting from another full model, one that has learned the same under a penalty on large
/// gradients ([GradientRestriction]): what IAU asks for before anybody wants to be forgotten. That
/// training is not counted among the cost of forgetting; it takes twice the operations of the plain
/// one.
///
/// @param alpha strength of the penalty, above 0
/// @param eraser that forgets
public record Restricted(double alpha, Eraser eraser) implements Eraser {

  public Restricted {
    new GradientRestriction(alpha);
  }

  @Override
  public String name() {
    return "%s, restricted by %s".formatted(eraser.name(), alpha);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("alpha", alpha, "eraser", eraser.name(), "how", eraser.configuration());
  }

  @Override
  public boolean ignores(String setting) {
    return eraser.ignores(setting);
  }

  @Override
  public Erasing begin(PictureRequest request) {
    var learner = request.lessons();
    var model =
        learner
            .taughtBy(learner.lessons().restricted(alpha))
            .taught(request.retain().and(request.forget()), request.seed());
    var erasing = eraser.begin(request.from(model));
    return new Erasing(erasing.classifier(), false) {
      @Override
      public boolean advance() {
        return erasing.advance();
      }

      @Override
      public void close() {
        erasing.close();
        model.close();
      }
    };
  }
}
