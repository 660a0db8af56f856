package org.recollect.unlearning;

import java.util.List;
import org.recollect.lab.Measure;
import org.recollect.unlearning.measure.AnswerProbability;
import org.recollect.unlearning.measure.DistinctN;
import org.recollect.unlearning.measure.ExactMemorisation;
import org.recollect.unlearning.measure.ExtractionLikelihood;
import org.recollect.unlearning.measure.ExtractionStrength;
import org.recollect.unlearning.measure.Fluency;
import org.recollect.unlearning.measure.ForgetQuality;
import org.recollect.unlearning.measure.KlDivergence;
import org.recollect.unlearning.measure.LeakRate;
import org.recollect.unlearning.measure.LinearProbe;
import org.recollect.unlearning.measure.MembershipAttack;
import org.recollect.unlearning.measure.ModelUtility;
import org.recollect.unlearning.measure.MuseRouge;
import org.recollect.unlearning.measure.PrivLeak;
import org.recollect.unlearning.measure.RougeL;
import org.recollect.unlearning.measure.TruthRatio;
import org.recollect.unlearning.measure.WhiteBoxRank;

/// What an [UnlearningStudy] measures. Formulas, ranges and sources are with the classes of
/// [org.recollect.unlearning.measure].
public final class UnlearningMeasures {

  // How much is forgotten: the oracle's value is what to reach.
  public static final Measure FORGET_PROBABILITY = AnswerProbability.FORGET;
  public static final Measure FORGET_ROUGE = RougeL.FORGET;
  public static final Measure REPHRASED_ROUGE =
      Measure.lower("rephrased ROUGE-L", "")
          .range(0, 1)
          .digits(3)
          .formula("ROUGE-L recall of answers to forget, the question in other words");
  public static final Measure LEAK_RATE = LeakRate.FORGET;
  public static final Measure REPHRASED_LEAK = LeakRate.REPHRASED;
  public static final Measure WHITE_BOX_RANK = WhiteBoxRank.MEASURE;
  public static final Measure EXTRACTION_STRENGTH = ExtractionStrength.MEASURE;
  public static final Measure EXTRACTION_LIKELIHOOD = ExtractionLikelihood.MEASURE;
  public static final Measure EXACT_MEMORISATION = ExactMemorisation.MEASURE;
  public static final Measure LINEAR_PROBE = LinearProbe.ACCURACY;
  public static final Measure VERBATIM_MEMORY = MuseRouge.VERBATIM;
  public static final Measure KNOWLEDGE_MEMORY = MuseRouge.KNOWLEDGE;

  // How near the model comes to the oracle.
  public static final Measure FORGET_TRUTH_RATIO = TruthRatio.FORGET;
  public static final Measure LOG_TRUTH_RATIO = TruthRatio.LOG;
  public static final Measure FORGET_QUALITY = ForgetQuality.P_VALUE;
  public static final Measure LOG_FORGET_QUALITY = ForgetQuality.LOG_P_VALUE;
  public static final Measure KL_TO_ORACLE = KlDivergence.TO_ORACLE;
  public static final Measure PRIV_LEAK = PrivLeak.MEASURE;
  public static final Measure MIA_LOSS = MembershipAttack.LOSS.measure();
  public static final Measure MIA_ZLIB = MembershipAttack.ZLIB.measure();
  public static final Measure MIA_MIN_K = MembershipAttack.MIN_K.measure();
  public static final Measure MIA_MIN_K_PLUS_PLUS = MembershipAttack.MIN_K_PLUS_PLUS.measure();
  public static final Measure MIA_REFERENCE = MembershipAttack.REFERENCE.measure();
  public static final Measure MIA_GRADIENT_NORM = MembershipAttack.GRADIENT_NORM.measure();

  // What is kept.
  public static final Measure RETAIN_PROBABILITY = AnswerProbability.RETAIN;
  public static final Measure RETAIN_ROUGE = RougeL.RETAIN;
  public static final Measure RETAIN_TRUTH_RATIO = TruthRatio.RETAIN;
  public static final Measure SIDE_ROUGE =
      Measure.higher("side ROUGE-L", "")
          .range(0, 1)
          .digits(3)
          .formula("ROUGE-L recall of answers on other subjects");
  public static final Measure MODEL_UTILITY = ModelUtility.MEASURE;
  public static final Measure KNOWLEDGE_KEPT = MuseRouge.UTILITY;

  // Whether it still speaks.
  public static final Measure ANSWER_PERPLEXITY = Fluency.MEASURE;
  public static final Measure DISTINCT_BIGRAMS = DistinctN.MEASURE;

  // Both.
  public static final Measure FORGOTTEN =
      Measure.closer("forgotten", "", 1)
          .digits(3)
          .formula(
              "share of the way from the full model's forget probability to that of the oracle");
  public static final Measure BALANCE =
      Measure.higher("balance", "")
          .range(0, 1)
          .digits(3)
          .formula("harmonic mean of retain ROUGE-L and what is forgotten, at most 1");

  // What it took.
  public static final Measure STEPS =
      Measure.lower("steps", "")
          .range(0, Double.POSITIVE_INFINITY)
          .counted()
          .digits(0)
          .formula("steps of unlearning, of all requests together");
  public static final Measure COST =
      Measure.lower("cost", "% of retraining")
          .range(0, Double.POSITIVE_INFINITY)
          .counted()
          .digits(2)
          .formula("operations of unlearning by those of training the oracle");

  /// All of them, in the order of a table.
  static final List<Measure> ALL =
      List.of(
          FORGET_PROBABILITY,
          FORGET_ROUGE,
          REPHRASED_ROUGE,
          LEAK_RATE,
          REPHRASED_LEAK,
          WHITE_BOX_RANK,
          EXTRACTION_STRENGTH,
          EXTRACTION_LIKELIHOOD,
          EXACT_MEMORISATION,
          LINEAR_PROBE,
          VERBATIM_MEMORY,
          KNOWLEDGE_MEMORY,
          FORGET_TRUTH_RATIO,
          LOG_TRUTH_RATIO,
          FORGET_QUALITY,
          LOG_FORGET_QUALITY,
          KL_TO_ORACLE,
          PRIV_LEAK,
          MIA_LOSS,
          MIA_ZLIB,
          MIA_MIN_K,
          MIA_MIN_K_PLUS_PLUS,
          MIA_REFERENCE,
          MIA_GRADIENT_NORM,
          RETAIN_PROBABILITY,
          RETAIN_ROUGE,
          RETAIN_TRUTH_RATIO,
          SIDE_ROUGE,
          MODEL_UTILITY,
          FORGOTTEN,
          BALANCE,
          KNOWLEDGE_KEPT,
          ANSWER_PERPLEXITY,
          DISTINCT_BIGRAMS,
          STEPS,
          COST);

  private UnlearningMeasures() {}
}
