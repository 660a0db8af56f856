package org.recollect.unlearning.skill;

import static org.recollect.unlearning.skill.SkillMeasures.ACCURACY_BEFORE;
import static org.recollect.unlearning.skill.SkillMeasures.COLUMNS_OVER_ROWS;
import static org.recollect.unlearning.skill.SkillMeasures.CONFIDENCE;
import static org.recollect.unlearning.skill.SkillMeasures.CONFIDENCE_ORDER;
import static org.recollect.unlearning.skill.SkillMeasures.DIFFICULTY_ORDER;
import static org.recollect.unlearning.skill.SkillMeasures.PROBE_AFTER;
import static org.recollect.unlearning.skill.SkillMeasures.PROBE_BEFORE;
import static org.recollect.unlearning.skill.SkillMeasures.PROBE_SURPLUS;
import static org.recollect.unlearning.skill.SkillMeasures.RATIO_SPREAD;
import static org.recollect.unlearning.skill.SkillMeasures.STATE_VARIANCE;
import static org.recollect.unlearning.skill.SkillMeasures.TRAIN_ACCURACY;
import static org.recollect.unlearning.skill.SkillMeasures.TRAIN_DISTANCE;
import static org.recollect.unlearning.skill.SkillMeasures.VARIANCE_ORDER;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.recollect.data.ChoiceSkill;
import org.recollect.lab.AverageLinkage;
import org.recollect.lab.HeatMatrix;
import org.recollect.lab.Ledger;
import org.recollect.lab.Measure;
import org.recollect.lab.Outcome;
import org.recollect.lab.Results;
import org.recollect.lab.Row;
import org.recollect.lab.Sample;
import org.recollect.lab.Setup;
import org.recollect.unlearning.measure.SpearmanCorrelation;

/// What the trials of one arm and seed say together: how far forgetting each skill reaches into
/// each other one.
///
/// ```java
/// SkillMatrix.heat(results, "random labels").chart("forget ratio")
/// SkillMatrix.results(results).verdict(Papers.UNFORGETTABLE)
/// ```
///
/// @param trials one for each skill that was forgotten, in the order of [ChoiceSkill]
public record SkillMatrix(List<Row> trials) {
  private static final List<Measure> MEASURES =
      List.of(
          TRAIN_DISTANCE,
          RATIO_SPREAD,
          COLUMNS_OVER_ROWS,
          PROBE_SURPLUS,
          CONFIDENCE_ORDER,
          VARIANCE_ORDER,
          DIFFICULTY_ORDER);

  public SkillMatrix {
    trials = List.copyOf(trials);
    int skills = ChoiceSkill.values().length;
    if (trials.size() != skills) {
      throw new IllegalArgumentException(
          "A matrix of skills needs a trial that forgets each of the %d, but got %d: add forgetting(ChoiceSkill.values()), and choose one value of 'items' with where(...)."
              .formatted(skills, trials.size()));
    }
  }

  /// The trials of an arm and a seed.
  ///
  /// @throws IllegalArgumentException if there is not one for each skill
  static SkillMatrix of(Results results, String arm, int seed) {
    return new SkillMatrix(
        Arrays.stream(ChoiceSkill.values())
            .flatMap(skill ->
                results.rows().stream()
                    .filter(row -> row.arm().equals(arm) && row.seed() == seed && !row.failed())
                    .filter(row -> row.settings().text(SkillStudy.FORGOTTEN).equals(skill.title())))
            .toList());
  }

  /// The forget ratio of each skill after another was forgotten `[forgotten][tested]`.
  double[][] ratios() {
    var skills = ChoiceSkill.values();
    double[][] ratios = new double[skills.length][skills.length];
    for (int forgotten = 0; forgotten < skills.length; forgotten++) {
      for (int tested = 0; tested < skills.length; tested++) {
        ratios[forgotten][tested] = value(forgotten, SkillMeasures.ratioOn(skills[tested]));
      }
    }
    return ratios;
  }

  /// The mean matrix of an arm over seeds to be drawn, rows and columns each in the order in which
  /// average linkage joins them.
  public static HeatMatrix heat(Results results, String arm) {
    int skills = ChoiceSkill.values().length;
    double[][] means = new double[skills][skills];
    for (int seed = 1; seed <= results.setup().seeds(); seed++) {
      double[][] ratios = of(results, arm, seed).ratios();
      for (int row = 0; row < skills; row++) {
        for (int column = 0; column < skills; column++) {
          means[row][column] += ratios[row][column] / results.setup().seeds();
        }
      }
    }
    var rows = order(means);
    var columns = order(transposed(means));
    double[][] sorted = new double[skills][skills];
    for (int row = 0; row < skills; row++) {
      for (int column = 0; column < skills; column++) {
        sorted[row][column] = means[rows.get(row)][columns.get(column)];
      }
    }
    return HeatMatrix.of("tested", "forgotten", sorted).named(titles(columns), titles(rows));
  }

  /// What the matrices of all arms and seeds amount to, as results on which a verdict is given: the
  /// claims must have been declared in the study. Items of a measure are skills, so that intervals
  /// are over skills and seeds, but for the worst train distance, which is a count. Bounds that
  /// have forgotten nothing or everything are left out.
  ///
  /// @param results with one value of `items`
  public static Results results(Results results) {
    var rows = new ArrayList<Row>();
    for (String arm : results.arms()) {
      for (int seed = 1; seed <= results.setup().seeds(); seed++) {
        if (!arm.equals(SkillBound.TAUGHT.name()) && !arm.equals(SkillBound.UNTAUGHT.name())) {
          rows.add(of(results, arm, seed).row());
        }
      }
    }
    var setup = results.setup();
    return new Results(
        new Setup(
            "SkillMatrix",
            setup.subject(),
            setup.material(),
            setup.scale(),
            setup.seeds(),
            MEASURES),
        rows);
  }

  private Row row() {
    var first = trials.getFirst();
    var samples = new LinkedHashMap<String, Sample>();
    outcome().samples().forEach((measure, sample) -> samples.put(measure.name(), sample));
    var declared = new HashSet<>(first.declared());
    trials.forEach(trial -> declared.retainAll(trial.declared()));
    return new Row(
        "",
        first.arm(),
        first.series(),
        first.settings().only(name -> !name.equals(SkillStudy.FORGOTTEN)),
        first.seed(),
        samples,
        trials.stream().map(Row::ledger).reduce(Ledger.NONE, Ledger::plus),
        Optional.empty(),
        declared);
  }

  /// The measures of the whole, each with an item for every skill.
  Outcome outcome() {
    double[][] ratios = ratios();
    double[] own = each(skill -> ratios[skill][skill]);
    double[] rows = each(skill -> mean(ratios[skill]));
    double[] columns = each(skill -> mean(transposed(ratios)[skill]));
    double grand = mean(rows);
    return Outcome.of(TRAIN_DISTANCE, worstTrained())
        .with(RATIO_SPREAD, each(skill -> distance(own, skill)))
        .with(
            COLUMNS_OVER_ROWS,
            each(skill -> Math.abs(columns[skill] - grand) - Math.abs(rows[skill] - grand)))
        .with(PROBE_SURPLUS, each(this::probeSurplus))
        .with(CONFIDENCE_ORDER, agreement(CONFIDENCE, own))
        .with(VARIANCE_ORDER, agreement(STATE_VARIANCE, own))
        .with(DIFFICULTY_ORDER, agreement(ACCURACY_BEFORE, own));
  }

  private double worstTrained() {
    return Arrays.stream(each(skill -> Math.abs(value(skill, TRAIN_ACCURACY) - 0.5)))
        .max()
        .orElseThrow();
  }

  private double probeSurplus(int skill) {
    return value(skill, PROBE_AFTER) - 0.5 - 0.9 * (value(skill, PROBE_BEFORE) - 0.5);
  }

  /// How far the ratio of a skill is from those of the others on average.
  private static double distance(double[] ratios, int skill) {
    return Arrays.stream(ratios).map(other -> Math.abs(other - ratios[skill])).sum()
        / (ratios.length - 1);
  }

  private double[] agreement(Measure measure, double[] ratios) {
    return SpearmanCorrelation.shares(each(skill -> value(skill, measure)), ratios);
  }

  private double value(int skill, Measure measure) {
    var sample = trials.get(skill).samples().get(measure.name());
    if (sample == null) {
      throw new IllegalArgumentException(
          "The matrix of skills needs '%s': leave it among the measures of the study."
              .formatted(measure));
    }
    return sample.value();
  }

  private static double[] each(IntToDoubleFunction number) {
    return IntStream.range(0, ChoiceSkill.values().length).mapToDouble(number).toArray();
  }

  private static double mean(double... values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  private static double[][] transposed(double[][] square) {
    return IntStream.range(0, square.length)
        .mapToObj(column -> Arrays.stream(square).mapToDouble(row -> row[column]).toArray())
        .toArray(double[][]::new);
  }

  private static List<Integer> order(double[][] rows) {
    return AverageLinkage.of(AverageLinkage.distances(rows)).order();
  }

  private static List<String> titles(List<Integer> skills) {
    return skills.stream().map(skill -> ChoiceSkill.values()[skill].title()).toList();
  }
}
