package org.recollect.retrieval.domain;

import java.util.List;
import org.recollect.lab.Measure;

/// What a [DomainStudy] measures. A perplexity is `exp` of the mean negative log-likelihood of a
/// held-out text's tokens; texts are averaged geometrically.
public final class DomainMeasures {

  public static final Measure DOMAIN_PERPLEXITY =
      perplexity("domain perplexity").formula("of unseen text of the domain");

  /// Rare are the tokens that stand in the domain's training text less often than the average token
  /// of the vocabulary would *(inferred)*. Texts without one are left out.
  public static final Measure RARE_PERPLEXITY =
      perplexity("rare perplexity")
          .formula("of the tokens of unseen text that are rarer than the average token");

  public static final Measure GENERAL_PERPLEXITY =
      perplexity("general perplexity")
          .formula("of unseen text of java.base, with the share chosen for the domain");

  /// What was tuned cannot be switched off.
  public static final Measure GENERAL_WITHOUT =
      perplexity("general perplexity, memory off")
          .formula("of unseen text of java.base, with a share of 0");

  public static final Measure SHARE =
      Measure.higher("lambda", "")
          .range(0, 1)
          .digits(2)
          .formula("share of the memory, chosen on validation; 0 without a memory");

  public static final Measure BYTES_ADDED =
      Measure.lower("added", "MB")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .counted()
          .formula("million bytes kept for the domain beyond the base");

  /// Base and arm take turns on each of up to nine texts, three times, of which the median ratio
  /// counts. One after the other on one thread: a base and a decoder could run side by side.
  public static final Measure LATENCY =
      Measure.lower("latency", "x")
          .range(0, Double.POSITIVE_INFINITY)
          .geometric()
          .digits(2)
          .formula("time to predict a text, as a multiple of the base's; of each text the median");

  public static final Measure LEARNING_COMPUTE =
      Measure.lower("compute", "TFLOP")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .counted()
          .formula("operations of learning the domain, all rates together");

  /// In the order of a table.
  static final List<Measure> ALL =
      List.of(
          DOMAIN_PERPLEXITY,
          RARE_PERPLEXITY,
          GENERAL_PERPLEXITY,
          GENERAL_WITHOUT,
          SHARE,
          BYTES_ADDED,
          LATENCY,
          LEARNING_COMPUTE);

  private DomainMeasures() {}

  private static Measure perplexity(String name) {
    return Measure.lower(name, "").range(1, Double.POSITIVE_INFINITY).geometric().digits(2);
  }
}
