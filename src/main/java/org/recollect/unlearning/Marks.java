package org.recollect.unlearning;

import static org.recollect.unlearning.UnlearningMeasures.ANSWER_PERPLEXITY;
import static org.recollect.unlearning.UnlearningMeasures.BALANCE;
import static org.recollect.unlearning.UnlearningMeasures.DISTINCT_BIGRAMS;
import static org.recollect.unlearning.UnlearningMeasures.EXACT_MEMORISATION;
import static org.recollect.unlearning.UnlearningMeasures.EXTRACTION_LIKELIHOOD;
import static org.recollect.unlearning.UnlearningMeasures.EXTRACTION_STRENGTH;
import static org.recollect.unlearning.UnlearningMeasures.FORGET_PROBABILITY;
import static org.recollect.unlearning.UnlearningMeasures.FORGET_QUALITY;
import static org.recollect.unlearning.UnlearningMeasures.FORGET_ROUGE;
import static org.recollect.unlearning.UnlearningMeasures.FORGET_TRUTH_RATIO;
import static org.recollect.unlearning.UnlearningMeasures.FORGOTTEN;
import static org.recollect.unlearning.UnlearningMeasures.KL_TO_ORACLE;
import static org.recollect.unlearning.UnlearningMeasures.KNOWLEDGE_KEPT;
import static org.recollect.unlearning.UnlearningMeasures.KNOWLEDGE_MEMORY;
import static org.recollect.unlearning.UnlearningMeasures.LEAK_RATE;
import static org.recollect.unlearning.UnlearningMeasures.LINEAR_PROBE;
import static org.recollect.unlearning.UnlearningMeasures.LOG_FORGET_QUALITY;
import static org.recollect.unlearning.UnlearningMeasures.LOG_TRUTH_RATIO;
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
import static org.recollect.unlearning.UnlearningMeasures.VERBATIM_MEMORY;
import static org.recollect.unlearning.UnlearningMeasures.WHITE_BOX_RANK;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.recollect.data.QaItem;
import org.recollect.lab.Measure;
import org.recollect.lab.Outcome;
import org.recollect.lab.Readings;
import org.recollect.model.LanguageModel;
import org.recollect.unlearning.measure.DistinctN;
import org.recollect.unlearning.measure.ExactMemorisation;
import org.recollect.unlearning.measure.ExtractionStrength;
import org.recollect.unlearning.measure.Fluency;
import org.recollect.unlearning.measure.ForgetQuality;
import org.recollect.unlearning.measure.MembershipAttack;
import org.recollect.unlearning.measure.MembershipAttack.Evidence;
import org.recollect.unlearning.measure.ModelUtility;
import org.recollect.unlearning.measure.PrivLeak;
import org.recollect.unlearning.measure.TruthRatio;

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
          LOG_TRUTH_RATIO,
          FORGET_QUALITY,
          LOG_FORGET_QUALITY,
          RETAIN_TRUTH_RATIO,
          MODEL_UTILITY,
          LINEAR_PROBE,
          LEAK_RATE,
          REPHRASED_LEAK);

  /// Measures of passages.
  static final Set<Measure> NEEDING_PASSAGES =
      Set.of(VERBATIM_MEMORY, KNOWLEDGE_MEMORY, KNOWLEDGE_KEPT);

  private final Exam exam;
  private final Examination asked;
  private final Examination full;
  private final Examination oracle;
  private final LanguageModel weights;

  private final Readings readings = new Readings();

  /// @param asked who is judged
  /// @param weights below what is asked; not owned
  /// @param full not owned
  /// @param oracle not owned
  Marks(
      Exam exam,
      Examination asked,
      LanguageModel weights,
      LanguageModel full,
      LanguageModel oracle) {
    this.exam = exam;
    this.asked = asked;
    this.weights = weights;
    this.full = Examination.of(Respondent.of(full));
    this.oracle = Examination.of(Respondent.of(oracle));
    forgetting();
    privacy();
    keeping();
    balancing();
    speaking();
  }

  private void forgetting() {
    var forget = exam.questions();
    each(FORGET_PROBABILITY, forget, asked::probability);
    each(FORGET_ROUGE, forget, asked::rouge);
    each(REPHRASED_ROUGE, forget, asked::rephrasedRouge);
    each(LEAK_RATE, forget, asked::leak);
    each(REPHRASED_LEAK, forget, asked::rephrasedLeak);
    each(WHITE_BOX_RANK, forget, Examination.of(Respondent.of(weights))::reciprocalRank);
    each(EXTRACTION_STRENGTH, forget, item -> ExtractionStrength.of(asked.told(item).withoutEnd()));
    each(EXACT_MEMORISATION, forget, item -> ExactMemorisation.of(asked.told(item).withoutEnd()));
    each(EXTRACTION_LIKELIHOOD, forget, asked::extractionLikelihood);
    each(FORGET_TRUTH_RATIO, forget, item -> nearOne(asked.truthRatio(item)));
    each(LOG_TRUTH_RATIO, forget, item -> logarithm(asked.truthRatio(item)));
    each(KL_TO_ORACLE, forget, item -> asked.divergence(oracle, item));
    each(VERBATIM_MEMORY, exam.passages(), asked::verbatim);
    each(KNOWLEDGE_MEMORY, forget, asked::knowledge);
    readings.all(LINEAR_PROBE, () -> FactProbe.accuracy(weights, exam.known(), forget));
    readings.all(FORGET_QUALITY, () -> ForgetQuality.of(ratios(asked), ratios(oracle)));
    readings.all(LOG_FORGET_QUALITY, () -> ForgetQuality.log(ratios(asked), ratios(oracle)));
  }

  private void privacy() {
    readings.all(
        PRIV_LEAK,
        () -> PrivLeak.of(auc(MembershipAttack.MIN_K, asked), auc(MembershipAttack.MIN_K, oracle)));
    readings.all(MIA_LOSS, () -> auc(MembershipAttack.LOSS, asked));
    readings.all(MIA_ZLIB, () -> auc(MembershipAttack.ZLIB, asked));
    readings.all(MIA_MIN_K, () -> auc(MembershipAttack.MIN_K, asked));
    readings.all(MIA_MIN_K_PLUS_PLUS, () -> auc(MembershipAttack.MIN_K_PLUS_PLUS, asked));
    readings.all(MIA_REFERENCE, () -> auc(MembershipAttack.REFERENCE, asked));
    readings.all(MIA_GRADIENT_NORM, () -> auc(MembershipAttack.GRADIENT_NORM, asked));
  }

  private void keeping() {
    each(RETAIN_PROBABILITY, exam.retain(), asked::probability);
    each(RETAIN_ROUGE, exam.retain(), asked::rouge);
    each(RETAIN_TRUTH_RATIO, exam.retain(), item -> Math.max(0, 1 - asked.truthRatio(item)));
    each(KNOWLEDGE_KEPT, exam.retain(), asked::knowledge);
    each(SIDE_ROUGE, exam.aside(), asked::rouge);
    readings.all(
        MODEL_UTILITY,
        () -> {
          var sides = exam.sides().values().stream().map(asked::aside).toList();
          return ModelUtility.of(asked.retained(exam.retain()), sides.getFirst(), sides.getLast());
        });
  }

  private void balancing() {
    readings.all(FORGOTTEN, this::forgotten);
    readings.all(
        BALANCE,
        () -> {
          double kept = mean(asked.each(exam.retain(), asked::rouge));
          double forgotten = Math.clamp(forgotten(), 0, 1);
          return kept + forgotten == 0 ? 0 : 2 * kept * forgotten / (kept + forgotten);
        });
  }

  /// Whether it still speaks when it is asked what it was to forget.
  private void speaking() {
    var forget = exam.questions();
    each(
        ANSWER_PERPLEXITY,
        forget,
        item -> Fluency.of(full.respondent().scores(item.question(), asked.said(item))));
    readings.all(
        DISTINCT_BIGRAMS, () -> DistinctN.of(2, forget.stream().map(asked::said).toList()));
  }

  private double forgotten() {
    double start = probability(full);
    return (start - probability(asked)) / (start - probability(oracle));
  }

  private double probability(Examination examination) {
    examination.askTold(exam.forget());
    return mean(examination.each(exam.forget(), examination::probability));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /// What is wanted of all this.
  Outcome outcome(List<Measure> wanted) {
    asked.ask(exam.questions());
    return readings.outcome(wanted);
  }

  private void each(Measure measure, List<QaItem> items, ToDoubleFunction<QaItem> number) {
    readings.each(measure, () -> asked.each(items, number));
  }

  private double[] ratios(Examination examination) {
    examination.ask(exam.questions());
    return examination.each(exam.questions(), examination::truthRatio);
  }

  private static double nearOne(double ratio) {
    return Math.min(ratio, 1 / ratio);
  }

  private static double logarithm(double ratio) {
    return Math.clamp(Math.log(ratio), -TruthRatio.LARGEST_LOG, TruthRatio.LARGEST_LOG);
  }

  private double auc(MembershipAttack attack, Examination examination) {
    examination.askTold(exam.strangers());
    examination.askTold(exam.members());
    return attack.auc(
        evidence(attack, examination, exam.members()),
        evidence(attack, examination, exam.strangers()));
  }

  private List<Evidence> evidence(
      MembershipAttack attack, Examination examination, List<QaItem> items) {
    return items.stream().map(item -> evidence(attack, examination, item)).toList();
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
