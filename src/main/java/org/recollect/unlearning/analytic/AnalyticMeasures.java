package org.recollect.unlearning.analytic;

import java.util.List;
import org.recollect.lab.Measure;
import org.recollect.unlearning.vision.VisionMeasures;

/// What an [AnalyticStudy] measures besides the accuracies and the attack of [VisionMeasures].
public final class AnalyticMeasures {
  /// Below this a difference of two weights is counted as rounding.
  static final double LEAST = 1e-17;

  /// How far the weights are from those of the oracle. Rounding of doubles is near -13, of floats
  /// near -4.
  public static final Measure LOG_DEVIATION =
      Measure.lower("log deviation", "decades")
          .range(Math.log10(LEAST), Double.POSITIVE_INFINITY)
          .counted()
          .digits(1)
          .formula("log10 of the largest difference of a weight from the oracle's, from -17 up");

  /// Ideally 0 or less: nothing adds up from request to request.
  public static final Measure DEVIATION_GROWTH =
      Measure.lower("deviation growth", "decades")
          .counted()
          .digits(2)
          .formula("log deviation after the last request less that after the first");

  /// Ideally 0: what is forgotten is then told right as often as by the oracle, and in the same
  /// pictures.
  public static final Measure DISAGREEMENT =
      Measure.lower("disagreement", "")
          .range(0, 1)
          .digits(3)
          .formula("share of the pictures of the request for which the oracle names another class");

  /// Counted by formula, see [HeadCost]; the time that passed stands in the ledger.
  public static final Measure REQUEST_COST =
      Measure.lower("request cost", "% of a refit")
          .range(0, Double.POSITIVE_INFINITY)
          .counted()
          .digits(1)
          .formula("operations of the last request by those of fitting again what is left");

  /// All that the study offers, in the order of a table.
  static final List<Measure> ALL =
      List.of(
          LOG_DEVIATION,
          DEVIATION_GROWTH,
          VisionMeasures.RETAIN_ACCURACY,
          VisionMeasures.FORGET_ACCURACY,
          DISAGREEMENT,
          VisionMeasures.MIA_GAP,
          REQUEST_COST);

  private AnalyticMeasures() {}
}
