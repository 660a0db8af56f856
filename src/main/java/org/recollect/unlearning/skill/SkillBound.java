package org.recollect.unlearning.skill;

import java.util.List;
import java.util.Map;
import org.recollect.data.MultipleChoice;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;

/// What every study of skills shows beside its arms: the model that has been taught all skills and
/// forgets none, and the one that has been taught nothing, by which a probe is to be judged.
///
/// @param name as tables show it
/// @param taught whether it was taught
public record SkillBound(String name, boolean taught) implements SkillArm {
  /// Nothing is forgotten.
  public static final SkillBound TAUGHT = new SkillBound("no forgetting", true);

  /// Random weights.
  public static final SkillBound UNTAUGHT = new SkillBound("untrained", false);

  @Override
  public Map<String, ?> configuration() {
    return Map.of("taught", taught);
  }

  /// How many questions are trained on.
  @Override
  public boolean ignores(String setting) {
    return setting.equals(SkillStudy.ITEMS);
  }

  @Override
  public double floor(double before) {
    return 0.5;
  }

  @Override
  public void forget(
      LanguageModel model, List<MultipleChoice> items, long seed, Meter meter, Runnable after) {}
}
