package org.recollect.unlearning.measure;

import org.recollect.lab.Measure;

/// How natural what a model says is to the model before it forgot: the perplexity of an answer,
/// `exp(mean loss)` of its tokens and its end under the full model. It tells gibberish, which other
/// measures take for forgetting, from answers that are only wrong.
///
/// From 1 (the full model's own words, what it knows by heart) to infinity. The oracle's value is
/// the ideal: its answers have the form of answers and other facts in them, which the full model
/// does not expect. An answer that breaks off or says nothing is as unexpected as gibberish.
///
/// The gibberish control of MUSE-style evaluations; which model judges is (inferred).
public final class Fluency {
  public static final Measure MEASURE =
      Measure.lower("answer perplexity", "")
          .range(1, Double.POSITIVE_INFINITY)
          .geometric()
          .digits(2)
          .formula("exp(mean loss) of what is said, under the full model");

  private Fluency() {}

  /// @param said what was said, with its end, scored by the full model
  public static double of(TokenScores said) {
    return Math.exp(said.meanLoss());
  }
}
