package org.recollect.unlearning.measure;

import org.recollect.lab.Measure;

/// The share of an answer's tokens that are the likeliest under teacher forcing (Tirumala et al.,
/// "Memorization Without Overfitting", 2022, arXiv:2205.10770, section 3). Of a whole text it is
/// the memorisation accuracy of Jang et al., "Knowledge Unlearning for Mitigating Privacy Risks in
/// Language Models", 2022, arXiv:2210.01504, equation 2.
///
/// From 0 to 1, 1 for an answer known by heart; better when lower on what is to be forgotten, down
/// to the oracle's value, which is above 0 because some words follow from the question. The end of
/// the text does not count: hand in [TokenScores#withoutEnd] of an answer that was scored with it.
public final class ExactMemorisation {
  public static final Measure MEASURE =
      Measure.lower("exact memorisation", "")
          .range(0, 1)
          .digits(3)
          .formula("share of the answer's tokens that are the argmax");

  private ExactMemorisation() {}

  public static double of(TokenScores answer) {
    return answer.accuracy();
  }
}
