package org.recollect.unlearning;

import static org.recollect.unlearning.UnlearningMeasures.EXACT_MEMORISATION;
import static org.recollect.unlearning.UnlearningMeasures.EXTRACTION_STRENGTH;
import static org.recollect.unlearning.UnlearningMeasures.FORGET_PROBABILITY;
import static org.recollect.unlearning.UnlearningMeasures.FORGET_QUALITY;
import static org.recollect.unlearning.UnlearningMeasures.FORGET_ROUGE;
import static org.recollect.unlearning.UnlearningMeasures.FORGET_TRUTH_RATIO;
import static org.recollect.unlearning.UnlearningMeasures.KL_TO_ORACLE;
import static org.recollect.unlearning.UnlearningMeasures.LEAK_RATE;
import static org.recollect.unlearning.UnlearningMeasures.LINEAR_PROBE;
import static org.recollect.unlearning.UnlearningMeasures.LOG_FORGET_QUALITY;
import static org.recollect.unlearning.UnlearningMeasures.MIA_GRADIENT_NORM;
import static org.recollect.unlearning.UnlearningMeasures.MIA_LOSS;
import static org.recollect.unlearning.UnlearningMeasures.MIA_MIN_K;
import static org.recollect.unlearning.UnlearningMeasures.MIA_MIN_K_PLUS_PLUS;
import static org.recollect.unlearning.UnlearningMeasures.MIA_REFERENCE;
import static org.recollect.unlearning.UnlearningMeasures.MIA_ZLIB;
import static org.recollect.unlearning.UnlearningMeasures.MODEL_UTILITY;
import static org.recollect.unlearning.UnlearningMeasures.PRIV_LEAK;
import static org.recollect.unlearning.UnlearningMeasures.REPHRASED_LEAK;
import static org.recollect.unlearning.UnlearningMeasures.REPHRASED_ROUGE;
import static org.recollect.unlearning.UnlearningMeasures.RETAIN_PROBABILITY;
import static org.recollect.unlearning.UnlearningMeasures.RETAIN_ROUGE;
import static org.recollect.unlearning.UnlearningMeasures.RETAIN_TRUTH_RATIO;
import static org.recollect.unlearning.UnlearningMeasures.SIDE_ROUGE;
import static org.recollect.unlearning.UnlearningMeasures.WHITE_BOX_RANK;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.recollect.data.QaItem;
import org.recollect.lab.Measure;
import org.recollect.lab.Outcome;
import org.recollect.model.LanguageModel;
import org.recollect.unlearning.measure.ExactMemorisation;
import org.recollect.unlearning.measure.ExtractionStrength;
import org.recollect.unlearning.measure.ForgetQuality;
import org.recollect.unlearning.measure.MembershipAttack;
import org.recollect.unlearning.measure.MembershipAttack.Evidence;
import org.recollect.unlearning.measure.ModelUtility;
import org.recollect.unlearning.measure.PrivLeak;

/// The measures of one respondent, each taken only when it is wanted.
final class Marks {

  /// Measures that compare the forget set with questions on what no model was told.
  static final Set<Measure> NEEDING_HOLDOUT =
      Set.of(
          PRIV_LEAK,
          MIA_LOSS,
          MIA_ZLIB,
          MIA_MIN_K,
          MIA_MIN_K_PLUS_PLUS,
          MIA_REFERENCE,
          MIA_GRADIENT_NORM);

  /// Measures that compare right answers with wrong ones.
  static final Set<Measure> NEEDING_WRONG_ANSWERS =
      Set.of(
          FORGET_TRUTH_RATIO,
          FORGET_QUALITY,
          LOG_FORGET_QUALITY,
          RETAIN_TRUTH_RATIO,
          MODEL_UTILITY,
          LINEAR_PROBE,
          LEAK_RATE,
          REPHRASED_LEAK);

  private final Exam exam;
  private final Examination asked;
  private final Examination oracle;
  private final LanguageModel weights;

  /// Measures with a number for each item, and those with one number for all.
  private final Map<Measure, Supplier<double[]>> ofItems = new LinkedHashMap<>();

  private final Map<Measure, Supplier<Double>> ofAll = new LinkedHashMap<>();

  /// @param asked who is judged
  /// @param weights below what is asked; not owned
  /// @param oracle not owned
  Marks(Exam exam, Examination asked, LanguageModel weights, LanguageModel oracle) {
    this.exam = exam;
    this.asked = asked;
    this.weights = weights;
    this.oracle = Examination.of(Respondent.of(oracle));
    forgetting();
    privacy();
    keeping();
  }

  private void forgetting() {
    var forget = exam.forget();
    each(FORGET_PROBABILITY, forget, asked::probability);
    each(FORGET_ROUGE, forget, asked::rouge);
    each(REPHRASED_ROUGE, forget, asked::rephrasedRouge);
    each(LEAK_RATE, forget, asked::leak);
    each(REPHRASED_LEAK, forget, asked::rephrasedLeak);
    each(WHITE_BOX_RANK, forget, Examination.of(Respondent.of(weights))::rank);
    each(EXTRACTION_STRENGTH, forget, item -> ExtractionStrength.of(asked.told(item).withoutEnd()));
    each(EXACT_MEMORISATION, forget, item -> ExactMemorisation.of(asked.told(item).withoutEnd()));
    each(FORGET_TRUTH_RATIO, forget, item -> nearOne(asked.truthRatio(item)));
    each(KL_TO_ORACLE, forget, item -> asked.divergence(oracle, item));
    ofAll.put(LINEAR_PROBE, () -> TruthProbe.accuracy(weights, exam.retain(), forget));
    ofAll.put(FORGET_QUALITY, () -> ForgetQuality.of(ratios(asked), ratios(oracle)));
    ofAll.put(LOG_FORGET_QUALITY, () -> ForgetQuality.log(ratios(asked), ratios(oracle)));
  }

  private void privacy() {
    ofAll.put(
        PRIV_LEAK,
        () -> PrivLeak.of(auc(MembershipAttack.MIN_K, asked), auc(MembershipAttack.MIN_K, oracle)));
    ofAll.put(MIA_LOSS, () -> auc(MembershipAttack.LOSS, asked));
    ofAll.put(MIA_ZLIB, () -> auc(MembershipAttack.ZLIB, asked));
    ofAll.put(MIA_MIN_K, () -> auc(MembershipAttack.MIN_K, asked));
    ofAll.put(MIA_MIN_K_PLUS_PLUS, () -> auc(MembershipAttack.MIN_K_PLUS_PLUS, asked));
    ofAll.put(MIA_REFERENCE, () -> auc(MembershipAttack.REFERENCE, asked));
    ofAll.put(MIA_GRADIENT_NORM, () -> auc(MembershipAttack.GRADIENT_NORM, asked));
  }

  private void keeping() {
    each(RETAIN_PROBABILITY, exam.retain(), asked::probability);
    each(RETAIN_ROUGE, exam.retain(), asked::rouge);
    each(RETAIN_TRUTH_RATIO, exam.retain(), item -> Math.max(0, 1 - asked.truthRatio(item)));
    each(SIDE_ROUGE, exam.aside(), asked::rouge);
    ofAll.put(
        MODEL_UTILITY,
        () -> {
          var sides = exam.sides().values().stream().map(asked::aside).toList();
          return ModelUtility.of(asked.retained(exam.retain()), sides.getFirst(), sides.getLast());
        });
  }

  /// What is wanted of all this.
  Outcome outcome(List<Measure> wanted) {
    asked.ask(exam.forget());
    var outcome = new Outcome(new LinkedHashMap<>());
    for (Measure measure : wanted) {
      if (ofItems.containsKey(measure)) {
        outcome = outcome.with(measure, ofItems.get(measure).get());
      } else if (ofAll.containsKey(measure)) {
        outcome = outcome.with(measure, ofAll.get(measure).get());
      }
    }
    return outcome;
  }

  private void each(Measure measure, List<QaItem> items, ToDoubleFunction<QaItem> number) {
    ofItems.put(measure, () -> asked.each(items, number));
  }

  private double[] ratios(Examination examination) {
    examination.ask(exam.forget());
    return examination.each(exam.forget(), examination::truthRatio);
  }

  private static double nearOne(double ratio) {
    return Math.min(ratio, 1 / ratio);
  }

  private double auc(MembershipAttack attack, Examination examination) {
    examination.askTold(exam.holdout());
    examination.askTold(exam.forget());
    return attack.auc(
        exam.forget().stream().map(item -> evidence(attack, examination, item)).toList(),
        exam.holdout().stream().map(item -> evidence(attack, examination, item)).toList());
  }

  private Evidence evidence(MembershipAttack attack, Examination examination, QaItem item) {
    var reference =
        attack == MembershipAttack.REFERENCE
            ? OptionalDouble.of(oracle.told(item).meanLoss())
            : OptionalDouble.empty();
    var gradient =
        attack == MembershipAttack.GRADIENT_NORM
            ? OptionalDouble.of(SampleGradient.norm(weights, item))
            : OptionalDouble.empty();
    return new Evidence(examination.told(item), item.answer(), reference, gradient);
  }
}
