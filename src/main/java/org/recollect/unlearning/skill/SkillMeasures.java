package org.recollect.unlearning.skill;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recollect.data.ChoiceSkill;
import org.recollect.lab.Measure;

/// What a [SkillStudy] measures, and what a [SkillMatrix] makes of it. A choice is right where the
/// right answer is likelier than the wrong one; guessing is right half of the time.
public final class SkillMeasures {

  /// The accuracy on unseen questions of the skill before anything is forgotten: `A_ft`.
  public static final Measure ACCURACY_BEFORE =
      accuracy(Measure.higher("accuracy before", ""))
          .formula("share of unseen questions answered right before forgetting");

  /// On the questions that are trained on, by their true answers.
  public static final Measure TRAIN_ACCURACY =
      accuracy(Measure.closer("train accuracy", "", 0.5))
          .formula("share of the relabelled questions answered right after forgetting");

  public static final Measure HELD_OUT_ACCURACY =
      accuracy(Measure.closer("held-out accuracy", "", 0.5))
          .formula("share of unseen questions answered right after forgetting");

  public static final Measure FORGET_GAP =
      Measure.lower("forget gap", "")
          .range(-0.5, 0.5)
          .digits(3)
          .formula("held-out accuracy above chance, A - 1/2");

  /// 1 if all of the skill is forgotten, 0 if nothing. Where a skill was known hardly better than
  /// chance the denominator is 0.05, or the ratio would be noise.
  public static final Measure FORGET_RATIO =
      ratio("forget ratio").formula("(A before - A after) / (A before - 1/2), held-out");

  /// How much likelier the right answer was than the wrong one.
  public static final Measure CONFIDENCE =
      Measure.higher("confidence", "nat")
          .digits(2)
          .formula("mean log-odds of right against wrong before forgetting, unseen questions");

  public static final Measure STATE_VARIANCE =
      Measure.higher("state variance", "")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .formula("trace of the covariance of states at the questions' ends, before forgetting");

  public static final Measure PROBE_BEFORE =
      accuracy(Measure.higher("probe before", ""))
          .formula(
              "accuracy of a linear probe at the end of (question, choice), before forgetting");

  public static final Measure PROBE_AFTER =
      accuracy(Measure.lower("probe after", ""))
          .formula("accuracy of a linear probe at the end of (question, choice), after forgetting");

  /// From -1 (what is learned again first was forgotten last) to 1 (what is learned again first was
  /// forgotten first); 0 for the bounds, which forget nothing.
  public static final Measure FORGETTING_ORDER =
      Measure.higher("forgetting order", "")
          .range(-1, 1)
          .digits(2)
          .formula("Spearman of the steps to forget and to learn again, over unseen questions");

  /// How uneven forgetting is between skills: 0 if all are forgotten to the same degree, more than
  /// a half if half of them are forgotten and the others not at all.
  public static final Measure RATIO_SPREAD =
      Measure.higher("ratio spread", "")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .formula("mean distance between the forget ratios of two skills");

  /// Of all questions that were trained on, so that nothing is left to chance but the seed.
  public static final Measure TRAIN_DISTANCE =
      Measure.lower("worst train distance", "")
          .range(0, 0.5)
          .counted()
          .digits(3)
          .formula("|train accuracy - 1/2| of the skill that is farthest from chance");

  /// Positive where the tested skill says more about the ratio than the forgotten one.
  public static final Measure COLUMNS_OVER_ROWS =
      Measure.higher("columns over rows", "")
          .digits(2)
          .formula("|mean ratio when tested - grand mean| - the same when forgotten, over skills");

  /// At least 0 where nine tenths of what a probe reads above chance are left.
  public static final Measure PROBE_SURPLUS =
      Measure.higher("probe surplus", "")
          .range(-1, 1)
          .digits(3)
          .formula("(probe after - 1/2) - 0.9 (probe before - 1/2), mean of skills");

  public static final Measure CONFIDENCE_ORDER = order("confidence order", "confidence");

  public static final Measure VARIANCE_ORDER = order("variance order", "state variance");

  public static final Measure DIFFICULTY_ORDER = order("difficulty order", "accuracy before");

  private static final List<Measure> RATIOS_ON =
      Arrays.stream(ChoiceSkill.values())
          .map(skill ->
              ratio("ratio on " + skill.title())
                  .formula("forget ratio of %s, whatever is forgotten".formatted(skill.title())))
          .toList();

  private SkillMeasures() {}

  /// The forget ratio of a skill that need not be the one forgotten.
  public static Measure ratioOn(ChoiceSkill tested) {
    return RATIOS_ON.get(tested.ordinal());
  }

  /// What a trial measures, in the order of a table.
  static List<Measure> ofTrials() {
    var all =
        new ArrayList<>(
            List.of(
                ACCURACY_BEFORE,
                TRAIN_ACCURACY,
                HELD_OUT_ACCURACY,
                FORGET_GAP,
                FORGET_RATIO,
                CONFIDENCE,
                STATE_VARIANCE,
                PROBE_BEFORE,
                PROBE_AFTER,
                FORGETTING_ORDER));
    all.addAll(RATIOS_ON);
    return List.copyOf(all);
  }

  private static Measure accuracy(Measure named) {
    return named.range(0, 1).digits(3);
  }

  private static Measure ratio(String name) {
    return Measure.higher(name, "").digits(2);
  }

  private static Measure order(String name, String of) {
    return Measure.lower(name, "")
        .digits(2)
        .formula("Spearman of %s and forget ratio over skills".formatted(of));
  }
}
