package org.recollect.unlearning.skill;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.recollect.data.ChoiceSkill;
import org.recollect.lab.Bench;
import org.recollect.lab.BenchStudy;
import org.recollect.lab.Design;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.Identity;
import org.recollect.lab.Measure;
import org.recollect.lab.Scale;
import org.recollect.unlearning.Learner;

/// A study of how far forgetting a skill reaches. A model is taught all skills at once; each trial
/// makes a copy of it forget one of them and tries the copy on all.
///
/// ```java
/// SkillStudy.of(Learner.small())
///     .forgetting(ChoiceSkill.values())
///     .compare(Relabelling.random(), Relabelling.flipped())
///     .vary("items", 100, 1000)
///     .seeds(3).run();
/// ```
///
/// The model that forgets nothing and one that was taught nothing stand in every table. The model
/// of a seed is taught once and kept in the cache folder.
///
/// Settings: `forgotten`, the title of the skill, set by [#forgetting]; `items`, how many of the
/// questions that the skill was taught by are trained on (all where it is not swept).
public final class SkillStudy extends BenchStudy<SkillStudy, SkillArm> {

  /// The name under which the skill that is forgotten is swept.
  public static final String FORGOTTEN = "forgotten";

  /// The name under which the number of questions to train on is swept.
  public static final String ITEMS = "items";

  private final Nouns nouns;

  /// What the sentence is about.
  ///
  /// @param taught questions of each skill to be taught by
  /// @param tested questions of each skill to be tried by
  record Nouns(Learner learner, int taught, int tested) {
    Nouns {
      if (taught < 1 || tested < 4 || taught + tested > ChoiceSkill.MOST) {
        throw new IllegalArgumentException(
            "Each skill is taught by at least 1 question and tried by at least 4, %d together at most; got %d and %d."
                .formatted(ChoiceSkill.MOST, taught, tested));
      }
    }
  }

  private SkillStudy(Design<SkillArm> design, Nouns nouns) {
    super(design);
    this.nouns = nouns;
  }

  /// A study on a learner, with the two bounds as its first arms: each skill is taught by 1000
  /// questions and tried by 300 others.
  public static SkillStudy of(Learner learner) {
    return new SkillStudy(Design.empty(), new Nouns(learner, 1000, 300))
        .compare(SkillBound.TAUGHT, SkillBound.UNTAUGHT);
  }

  /// The same with other numbers of questions of each skill.
  public SkillStudy questions(int taught, int tested) {
    return new SkillStudy(design(), new Nouns(nouns.learner, taught, tested));
  }

  /// The skills that are forgotten, one in each trial.
  public SkillStudy forgetting(ChoiceSkill... skills) {
    return vary(FORGOTTEN, Arrays.stream(skills).map(ChoiceSkill::title).toArray());
  }

  @Override
  protected SkillStudy with(Design<SkillArm> design) {
    return new SkillStudy(design, nouns);
  }

  @Override
  protected Identity subject() {
    return new Identity(nouns.learner.name(), Fingerprint.of(nouns.learner.configuration()));
  }

  @Override
  protected Identity material() {
    return new Identity(
        "eight skills", Fingerprint.of(Map.of("taught", nouns.taught, "tested", nouns.tested)));
  }

  @Override
  protected List<Measure> offers() {
    return SkillMeasures.ofTrials();
  }

  @Override
  protected Set<String> settings() {
    return Set.of(FORGOTTEN, ITEMS);
  }

  @Override
  protected Bench<SkillArm> bench(int seed, Scale scale) {
    return new Schooling(nouns, seed);
  }
}
