package org.recollect.unlearning.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.unlearning.measure.Answers.ofArgmaxes;
import static org.recollect.unlearning.measure.Answers.ofProbabilities;
import static org.recollect.unlearning.measure.Answers.refused;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.RandomStream;
import org.recollect.unlearning.measure.ModelUtility.Part;

/// The measures that need nothing but token scores, and what is made of them.
class AnswerMeasuresTest {

  @Test
  void anAnswersProbabilityIsTheGeometricMeanOfItsTokens() {
    // sqrt(1/2 * 1/8) = sqrt(1/16) = 1/4
    assertEquals(0.25, AnswerProbability.of(ofProbabilities(0.5, 0.125)), 1e-12);
    assertEquals(0.3, AnswerProbability.of(ofProbabilities(0.3)), 1e-12);
    assertEquals(0, AnswerProbability.of(ofProbabilities(0.5, 0)));
  }

  @Test
  void aNormalisedProbabilityIsTheShareAmongAllAnswers() {
    var answer = ofProbabilities(0.5, 0.125); // 1/4
    var others = List.of(ofProbabilities(0.5), ofProbabilities(0.25));
    // (1/4) / (1/4 + 1/2 + 1/4) = 1/4
    assertEquals(0.25, AnswerProbability.normalised(answer, others), 1e-12);
    var impossible = ofProbabilities(0);
    assertEquals(0, AnswerProbability.normalised(impossible, others));
    assertEquals(0.5, AnswerProbability.normalised(impossible, List.of(impossible)));
    refused(
        "no perturbed answers", () -> AnswerProbability.normalised(answer, List.<TokenScores>of()));
  }

  @Test
  void aNormalisedProbabilityOutlivesAnswersTooUnlikelyToWriteDown() {
    // Losses of 1000 and 1000 + ln 3: e^-1000 is 0 as a double, but the share is 1 / (1 + 1/3).
    var answer = ofLoss(1000);
    assertEquals(
        0.75, AnswerProbability.normalised(answer, List.of(ofLoss(1000 + Math.log(3)))), 1e-9);
  }

  @Test
  void theTruthRatioTakesTheGeometricMeanOfFalseAnswers() {
    // sqrt(1/2 * 1/8) / (1/2) = (1/4) / (1/2) = 1/2
    var truth = ofProbabilities(0.5);
    assertEquals(
        0.5, TruthRatio.of(truth, List.of(ofProbabilities(0.5), ofProbabilities(0.125))), 1e-12);
    assertEquals(0, TruthRatio.of(truth, List.of(ofProbabilities(0))));
    assertEquals(
        Double.POSITIVE_INFINITY, TruthRatio.of(ofProbabilities(0), List.of(ofProbabilities(1))));
    assertEquals(1, TruthRatio.of(ofProbabilities(0), List.of(ofProbabilities(0))));
    refused("no perturbed answers", () -> TruthRatio.of(truth, List.of()));
  }

  @Test
  void theAggregatesFoldRatiosWhereTheyMust() {
    // Forget: min(1/2, 2), min(2, 1/2), min(1, 1): (1/2 + 1/2 + 1) / 3 = 2/3.
    assertEquals(2 / 3.0, TruthRatio.forget(0.5, 2, 1), 1e-12);
    // Retain: 1/2 + 0 + 0 over 3.
    assertEquals(1 / 6.0, TruthRatio.retain(0.5, 2, 1), 1e-12);
    assertEquals(0, TruthRatio.forget(0, Double.POSITIVE_INFINITY));
    assertEquals(0.5, TruthRatio.retain(0, Double.POSITIVE_INFINITY));
    refused("no truth ratios", TruthRatio::forget);
    refused("not its logarithm", () -> TruthRatio.retain(1, -0.5));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3})
  void theForgetAggregateIsTheSameOfReciprocals(long seed) {
    var random = RandomStream.of(seed, "ratios");
    double[] ratios = random.doubles(20).map(x -> Math.exp(4 * x - 2)).toArray();
    double[] reciprocals = Arrays.stream(ratios).map(r -> 1 / r).toArray();
    assertEquals(TruthRatio.forget(ratios), TruthRatio.forget(reciprocals), 1e-12);
    assertTrue(TruthRatio.forget(ratios) <= 1);
  }

  @ParameterizedTest
  @CsvSource({
    // signs, exact memorisation, extraction strength
    "+, 1, 1",
    "-, 0, 0",
    "----, 0, 0",
    "++++, 1, 1",
    "+++-, 0.75, 0", // the last is wrong: nothing follows
    "---+, 0.25, 0.25", // 1 - 3/4
    "+-++, 0.75, 0.5", // 1 - 2/4
    "-+++, 0.75, 0.75" // 1 - 1/4
  })
  void memorisationCountsArgmaxesAndStrengthTheirLastRun(
      String signs, double memorised, double strength) {
    assertEquals(memorised, ExactMemorisation.of(ofArgmaxes(signs)));
    assertEquals(strength, ExtractionStrength.of(ofArgmaxes(signs)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 2, 3, 4, 5})
  void strengthNeverExceedsMemorisation(long seed) {
    var random = RandomStream.of(seed, "signs");
    var signs = new StringBuilder("+");
    for (int more = random.nextInt(20); more > 0; more--) {
      signs.append(random.nextInt(4) == 0 ? '-' : '+');
    }
    var answer = ofArgmaxes(signs.toString());
    assertTrue(ExtractionStrength.of(answer) <= ExactMemorisation.of(answer), signs.toString());
  }

  @Test
  void utilityIsTheHarmonicMeanOfNine() {
    // Eight of 1 and one of 1/2: 9 / (8 + 2) = 0.9.
    var whole = new Part(1, 1, 1);
    assertEquals(0.9, ModelUtility.of(whole, new Part(1, 0.5, 1), whole), 1e-12);
    assertEquals(1, ModelUtility.of(whole, whole, whole), 1e-12);
    assertEquals(0, ModelUtility.of(whole, whole, new Part(1, 1, 0)));
    var none = new Part(0, 0, 0);
    assertEquals(0, ModelUtility.of(none, none, none));
    refused("from 0 to 1", () -> new Part(1.5, 1, 1));
    refused("ROUGE-L recall", () -> new Part(1, Double.NaN, 1));
  }

  @Test
  void forgettingAndKeepingBalance() {
    // Drop = 0.9 - 0.3 = 0.6 and 0.9 kept: 2 * 0.6 * 0.9 / 1.5 = 0.72.
    assertEquals(0.72, HMean.of(0.9, 0.3, 0.9), 1e-12);
    assertEquals(1, HMean.of(1, 0, 1), 1e-12);
    assertEquals(0, HMean.of(0.9, 0.9, 0.9));
    assertEquals(0, HMean.of(0.3, 0.9, 0.9), "a gain is no forgetting");
    assertEquals(0, HMean.of(1, 0, 0));
    refused("accuracy retained", () -> HMean.of(1, 0, 90));
  }

  private static TokenScores ofLoss(double loss) {
    return new TokenScores(
        new double[] {-loss}, new double[1], new double[1], new boolean[] {false});
  }
}
