package org.recollect.unlearning.vision;

import java.util.Map;
import org.recollect.train.GradientRestriction;

/// Forgetting by a learner that is taught under a penalty on large gradients
/// ([GradientRestriction]): what IAU asks for before anybody wants to be forgotten. The oracle that
/// the arm is led to and judged by is taught under the penalty too. That training is not counted
/// among the cost of forgetting; it takes twice the operations of the plain one.
///
/// ```java
/// new Restricted(.05, PictureBound.RETRAINED) // that oracle
/// ```
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
  public PictureLearner learner(PictureLearner studied) {
    var learner = eraser.learner(studied);
    return learner.taughtBy(learner.lessons().restricted(alpha));
  }

  @Override
  public Erasing begin(PictureRequest request) {
    return eraser.begin(request);
  }
}
