package org.recollect.unlearning.skill;

import java.util.List;
import org.recollect.data.MultipleChoice;
import org.recollect.lab.Arm;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;

/// A way to make a model forget a skill, or a bound on it: an arm of a [SkillStudy].
public sealed interface SkillArm extends Arm permits Relabelling, SkillBound {

  /// Whether it starts from the model that was taught, not from the one that was not.
  boolean taught();

  /// The forget ratio's denominator is the accuracy before without this: what is left when all is
  /// forgotten.
  ///
  /// @param before accuracy before forgetting
  double floor(double before);

  /// Forgets a skill.
  ///
  /// @param model changed in place
  /// @param items questions of the skill
  /// @param seed of all that is drawn at random
  /// @param after called after each step
  void forget(
      LanguageModel model, List<MultipleChoice> items, long seed, Meter meter, Runnable after);
}
