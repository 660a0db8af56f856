package org.recollect.unlearning.skill;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.data.ChoiceSkill;
import org.recollect.data.MultipleChoice;
import org.recollect.data.QaItem;
import org.recollect.lab.Bench;
import org.recollect.lab.Checkpoints;
import org.recollect.lab.Measure;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Trial;
import org.recollect.model.LanguageModel;

/// What the trials of one seed share: the model before and after it was taught all skills, the
/// questions, and what the taught one makes of them. Mutable; owns the models.
final class Schooling implements Bench<SkillArm> {
  private static final double SMALLEST_DENOMINATOR = 0.05;

  private final int seed;
  private final Map<ChoiceSkill, List<MultipleChoice>> train = new EnumMap<>(ChoiceSkill.class);
  private final Map<ChoiceSkill, List<MultipleChoice>> test = new EnumMap<>(ChoiceSkill.class);
  private final LanguageModel beginner;
  private final LanguageModel taught;

  /// Log-odds of the taught model on each test `[items]`.
  private final Map<ChoiceSkill, double[]> before = new EnumMap<>(ChoiceSkill.class);

  private final Map<ChoiceSkill, Double> probedBefore = new EnumMap<>(ChoiceSkill.class);

  Schooling(SkillStudy.Nouns nouns, int seed) {
    this.seed = seed;
    var lessons = new ArrayList<QaItem>();
    var texts = new ArrayList<String>();
    for (var skill : ChoiceSkill.values()) {
      var items = skill.items(nouns.tested() + nouns.taught(), seed);
      test.put(skill, items.subList(0, nouns.tested()));
      train.put(skill, items.subList(nouns.tested(), items.size()));
      for (var item : items) {
        texts.add(item.question());
        item.choices().forEach(choice -> texts.add(" " + choice));
      }
      for (var item : train.get(skill)) {
        lessons.add(new QaItem(skill.title(), item.question(), item.right()));
      }
    }
    var learner = nouns.learner();
    beginner = learner.beginner(texts, seed);
    var weights =
        Checkpoints.cached()
            .get(
                () -> {
                  var pupil = beginner.withWeights(beginner.weights().copy());
                  learner.lessons().teach(pupil, lessons, seed);
                  return pupil.weights();
                },
                learner.configuration(),
                lessons,
                seed);
    taught = beginner.withWeights(weights);
    test.forEach((skill, items) -> before.put(skill, new Choices(taught).logOdds(items)));
  }

  @Override
  public Outcome outcome(Trial<SkillArm> trial, Meter meter) {
    var settings = trial.settings();
    if (!settings.has(SkillStudy.FORGOTTEN)) {
      throw new IllegalArgumentException(
          "The study does not say what is forgotten: add forgetting(ChoiceSkill.values()).");
    }
    var skill = ChoiceSkill.of(settings.text(SkillStudy.FORGOTTEN));
    var taughtBy = train.get(skill);
    var items = taughtBy.subList(0, settings.count(SkillStudy.ITEMS, taughtBy.size()));
    var start = trial.arm().taught() ? taught : beginner;
    try (var model = start.withWeights(start.weights().copy())) {
      var order = new ForgettingOrder(model, test.get(skill));
      boolean ordered = trial.wants(SkillMeasures.FORGETTING_ORDER);
      trial.arm().forget(model, items, seed, meter, ordered ? order::watch : () -> {});
      var outcome = outcome(trial, skill, items, new Choices(model));
      if (!ordered) {
        return outcome;
      }
      return outcome.with(
          SkillMeasures.FORGETTING_ORDER,
          trial.arm() instanceof Relabelling forgetting
              ? order.learnedAgain(forgetting, items, seed, meter)
              : 0);
    }
  }

  private Outcome outcome(
      Trial<SkillArm> trial, ChoiceSkill skill, List<MultipleChoice> items, Choices after) {
    var known = Choices.right(before.get(skill));
    var right = after.right(test.get(skill));
    var outcome =
        new Outcome(new LinkedHashMap<>())
            .with(SkillMeasures.ACCURACY_BEFORE, known)
            .with(SkillMeasures.TRAIN_ACCURACY, after.right(items))
            .with(SkillMeasures.HELD_OUT_ACCURACY, right)
            .with(SkillMeasures.FORGET_GAP, mean(right) - 0.5)
            .with(SkillMeasures.FORGET_RATIO, ratios(trial.arm(), known, right))
            .with(SkillMeasures.CONFIDENCE, before.get(skill));
    if (trial.wants(SkillMeasures.STATE_VARIANCE)) {
      outcome =
          outcome.with(SkillMeasures.STATE_VARIANCE, new Choices(taught).variance(test.get(skill)));
    }
    if (trial.wants(SkillMeasures.PROBE_BEFORE)) {
      outcome = outcome.with(SkillMeasures.PROBE_BEFORE, probedBefore(skill));
    }
    if (trial.wants(SkillMeasures.PROBE_AFTER)) {
      outcome =
          outcome.with(SkillMeasures.PROBE_AFTER, after.probed(train.get(skill), test.get(skill)));
    }
    for (var tested : ChoiceSkill.values()) {
      Measure ratio = SkillMeasures.ratioOn(tested);
      if (trial.wants(ratio)) {
        var now = tested == skill ? right : after.right(test.get(tested));
        outcome = outcome.with(ratio, ratios(trial.arm(), Choices.right(before.get(tested)), now));
      }
    }
    return outcome;
  }

  private double probedBefore(ChoiceSkill skill) {
    return probedBefore.computeIfAbsent(
        skill, _ -> new Choices(taught).probed(train.get(skill), test.get(skill)));
  }

  /// Each item's share in the ratio, which is their mean.
  ///
  /// @param before whether each item was answered right
  /// @param after whether it is now
  static double[] ratios(SkillArm arm, double[] before, double[] after) {
    double known = mean(before);
    double all = Math.max(known - arm.floor(known), SMALLEST_DENOMINATOR);
    return IntStream.range(0, before.length)
        .mapToDouble(i -> (before[i] - after[i]) / all)
        .toArray();
  }

  private static double mean(double... values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  @Override
  public void close() {
    taught.close();
    beginner.close();
  }
}
