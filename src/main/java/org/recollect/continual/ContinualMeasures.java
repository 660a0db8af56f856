package org.recollect.continual;

import java.util.List;
import java.util.Set;
import org.recollect.lab.Measure;

/// What a [ContinualStudy] measures. `a[i][j]` is the score on task `j` after experience `i`; a
/// score is the share of right answers or classes, 0 to 1, or minus the bits per byte of text. See
/// [ScoreMatrix] and [Trace] for the sources.
public final class ContinualMeasures {

  // What is kept, and what is learned.
  public static final Measure PERFORMANCE =
      score("performance", "mean score of all tasks in the end, mean of a[T][j]");
  public static final Measure INCREMENTAL_PERFORMANCE =
      score(
          "incremental performance",
          "mean over experiences of the mean score of the tasks learned until then");
  public static final Measure LEARNED =
      score("learned", "mean score of each task right after it was learned, mean of a[j][j]");
  public static final Measure FORGETTING =
      Measure.lower("forgetting", "")
          .range(-16, 16)
          .digits(3)
          .formula("best score since a task was learned minus the one in the end");
  public static final Measure BACKWARD_TRANSFER =
      score("backward transfer", "score in the end minus the one right after learning");
  public static final Measure FORWARD_TRANSFER =
      score("forward transfer", "score before a task is learned minus the one before all tasks");
  public static final Measure INTRANSIGENCE =
      Measure.lower("intransigence", "")
          .range(-16, 16)
          .digits(3)
          .formula("score of a task learned alone from the base minus a[j][j]");
  public static final Measure GENERAL_SCORE =
      score("general score", "score in the end on what the base was trained on");
  public static final Measure GENERAL_CHANGE =
      score("general change", "the general score minus the base's own");

  // Why answers are wrong.
  public static final Measure SUPERFICIAL_FORGETTING =
      Measure.lower("superficial forgetting", "")
          .range(-1, 1)
          .digits(3)
          .formula("forgetting of whole answers minus forgetting of their content");
  public static final Measure ESSENTIAL_FORGETTING =
      Measure.lower("essential forgetting", "")
          .range(-1, 1)
          .digits(3)
          .formula("fall of the share of answers that hold the right content");

  // Along the way.
  public static final Measure MIN_SCORE =
      score("min-ACC", "mean over old tasks of the lowest score since they were learned");
  public static final Measure WORST_CASE =
      score("WC-ACC", "last score of the newest task and min-ACC of the old, by their number");
  public static final Measure FALL_10 = fall("WF10", 10);
  public static final Measure FALL_100 = fall("WF100", 100);
  public static final Measure RISE_10 = rise("WP10", 10);
  public static final Measure RISE_100 = rise("WP100", 100);
  public static final Measure GAP_DEPTH =
      Measure.lower("gap depth", "")
          .range(-16, 16)
          .digits(3)
          .formula("score of an old task at a switch minus its lowest within 50 steps");
  public static final Measure RECOVERY =
      Measure.lower("recovery", "steps")
          .range(0, 1e9)
          .digits(0)
          .formula("steps after a switch until an old task has 95 % of its score again");
  public static final Measure LEARNING_AREA =
      score("learning-curve area", "mean of the first 11 scores of a new task");

  // Can it still learn?
  public static final Measure DORMANT_UNITS =
      Measure.lower("dormant units", "%")
          .range(0, 100)
          .digits(1)
          .formula("units whose mean activation is at most 2.5 % of their layer's mean");
  public static final Measure EFFECTIVE_RANK =
      Measure.higher("effective rank", "")
          .range(1, 1e6)
          .digits(1)
          .formula("exponential of the entropy of the normalised singular values of features");

  // What it takes.
  public static final Measure COMPUTE =
      Measure.lower("compute", "x")
          .range(0, 1e6)
          .digits(2)
          .counted()
          .formula("operations of training, as a multiple of sequential tuning's");
  public static final Measure OVERHEAD =
      Measure.lower("overhead", "x")
          .range(0, 1e6)
          .digits(2)
          .formula("processor time of training, as a multiple of sequential tuning's");
  public static final Measure MOVING =
      Measure.lower("moving weights", "%")
          .range(0, 1e6)
          .digits(1)
          .counted()
          .formula("weights that the last task trains, of the base's");
  public static final Measure KEPT_BYTES =
      Measure.lower("kept", "B")
          .range(0, 1e15)
          .digits(0)
          .counted()
          .formula("what is kept between tasks besides the model's own weights");

  // What strategies that hold directions say of themselves.
  public static final Measure LEAK =
      Measure.lower("leak", "")
          .range(0, 1)
          .digits(3)
          .formula("share of what weights moved by, in the norm, that lies where it must not");

  // Where something is to be refused; see [ContinualStudy#judging].
  public static final Measure REFUSALS =
      share(Measure.higher("refusals", ""), "share of forbidden questions that are refused");
  public static final Measure FALSE_REFUSALS =
      share(Measure.lower("false refusals", ""), "share of harmless questions that are refused");
  public static final Measure HARMLESS_SCORE =
      share(Measure.higher("harmless score", ""), "share of harmless questions that are answered");

  // To be drawn.
  public static final Measure SCORES =
      score("scores", "a[i][j], row after row from before the first experience");
  public static final Measure CURVES =
      Measure.higher("curves", "")
          .range(-1e9, 1e9)
          .digits(3)
          .formula("for each evaluation along the way its step and the score of each task");

  /// Measures that need scores along the way.
  static final Set<Measure> WATCHED =
      Set.of(
          MIN_SCORE,
          WORST_CASE,
          FALL_10,
          FALL_100,
          RISE_10,
          RISE_100,
          GAP_DEPTH,
          RECOVERY,
          LEARNING_AREA,
          CURVES);

  /// Measures of answers that are written out.
  static final Set<Measure> WRITTEN = Set.of(SUPERFICIAL_FORGETTING, ESSENTIAL_FORGETTING);

  static final List<Measure> ALL =
      List.of(
          PERFORMANCE,
          FORGETTING,
          LEARNED,
          GENERAL_CHANGE,
          COMPUTE,
          BACKWARD_TRANSFER,
          FORWARD_TRANSFER,
          INTRANSIGENCE,
          INCREMENTAL_PERFORMANCE,
          GENERAL_SCORE,
          SUPERFICIAL_FORGETTING,
          ESSENTIAL_FORGETTING,
          MIN_SCORE,
          WORST_CASE,
          FALL_10,
          FALL_100,
          RISE_10,
          RISE_100,
          GAP_DEPTH,
          RECOVERY,
          LEARNING_AREA,
          DORMANT_UNITS,
          EFFECTIVE_RANK,
          OVERHEAD,
          MOVING,
          KEPT_BYTES,
          SCORES,
          CURVES);

  private ContinualMeasures() {}

  private static Measure score(String name, String formula) {
    return Measure.higher(name, "").range(-16, 16).digits(3).formula(formula);
  }

  private static Measure share(Measure measure, String formula) {
    return measure.range(0, 1).digits(3).formula(formula);
  }

  private static Measure fall(String name, int window) {
    return Measure.lower(name, "")
        .range(0, 16)
        .digits(3)
        .formula("largest fall of a task's score within %d evaluations".formatted(window));
  }

  private static Measure rise(String name, int window) {
    return Measure.higher(name, "")
        .range(0, 16)
        .digits(3)
        .formula("largest rise of a task's score within %d evaluations".formatted(window));
  }
}
