package org.recollect.unlearning.measure;

import java.util.Arrays;
import java.util.List;
import org.recollect.lab.Measure;

/// How much likelier false answers are than the true one in other words (TOFU, arXiv:2401.06121,
/// section 2.2.1): `R = exp(-mean loss of the perturbed answers) / exp(-loss of the paraphrase)`,
/// losses being means over tokens and the mean over perturbed answers being taken of the losses, so
/// that the numerator is a geometric mean.
///
/// `R` is from 0 to infinity: below 1 for a model that knows the truth, about 1 for one that does
/// not, above 1 for one that avoids it. [ForgetQuality] compares its distributions.
public final class TruthRatio {
  public static final Measure FORGET =
      Measure.higher("forget truth ratio", "")
          .range(0, 1)
          .digits(3)
          .formula(
              "mean of min(R, 1/R) on what is to be forgotten, R = P(perturbed) / P(paraphrase)");

  /// The ratios themselves, of which [ForgetQuality] compares the distribution with the oracle's:
  /// logarithms, none further from 0 than [#LARGEST_LOG].
  public static final Measure LOG =
      Measure.closer("log truth ratio", "nat", 0)
          .digits(2)
          .formula("mean of ln R on what is to be forgotten, R = P(perturbed) / P(paraphrase)");

  /// Where [#LOG] ends: answers that a guard makes impossible have ratios of 0 or infinity.
  public static final double LARGEST_LOG = 100;

  public static final Measure RETAIN =
      Measure.higher("retain truth ratio", "")
          .range(0, 1)
          .digits(3)
          .formula("mean of max(0, 1 - R) on what is to be kept, R = P(perturbed) / P(paraphrase)");

  private TruthRatio() {}

  /// `R` of one question; 1 where both sides are impossible (inferred).
  ///
  /// @param truth the paraphrased answer, or the answer itself for facts that were not fine-tuned
  /// @throws IllegalArgumentException if there is no perturbed answer
  public static double of(TokenScores truth, List<TokenScores> perturbed) {
    Given.some("perturbed answers", perturbed);
    double loss = perturbed.stream().mapToDouble(TokenScores::meanLoss).sum() / perturbed.size();
    return loss == truth.meanLoss() ? 1 : Math.exp(truth.meanLoss() - loss);
  }

  /// `mean min(R, 1/R)`, from 0 to 1: 1 if true and false answers are equally likely.
  ///
  /// @throws IllegalArgumentException if there is no ratio, or a negative one
  public static double forget(double... ratios) {
    return Arrays.stream(checked(ratios)).map(r -> Math.min(r, 1 / r)).average().orElseThrow();
  }

  /// `mean max(0, 1 - R)`, from 0 to 1: 1 if false answers are impossible.
  ///
  /// @throws IllegalArgumentException if there is no ratio, or a negative one
  public static double retain(double... ratios) {
    return Arrays.stream(checked(ratios)).map(r -> Math.max(0, 1 - r)).average().orElseThrow();
  }

  private static double[] checked(double[] ratios) {
    Given.numbers("truth ratios", ratios);
    double least = Arrays.stream(ratios).min().orElseThrow();
    if (least < 0) {
      throw new IllegalArgumentException(
          "A truth ratio is a quotient of probabilities, but one is %s: hand in R, not its logarithm."
              .formatted(least));
    }
    return ratios;
  }
}
