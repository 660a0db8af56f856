package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// Terms that treat each token by itself: WGA, SatImp, CE-U and UNDIAL.
class TokenTermsTest {
  private static TinyWorld world;

  @BeforeAll
  static void open() {
    world = TinyWorld.of(2);
  }

  @AfterAll
  static void close() {
    world.close();
  }

  /// The mean over items of the mean over tokens of a function of the token's probability.
  private static double mean(DoubleUnaryOperator ofProbability) {
    var respondent = Respondent.of(world.now());
    return world.items().stream()
        .mapToDouble(item ->
            Arrays.stream(respondent.scores(item.question(), item.answer()).logProbabilities())
                .map(log -> ofProbability.applyAsDouble(Math.exp(log)))
                .average()
                .orElseThrow())
        .average()
        .orElseThrow();
  }

  /// How far the gradient of a term is from that of a mean over tokens.
  private static double distance(
      LossTerm term, boolean first, Function<NDArray, NDArray> ofProbability) {
    var batch = first ? world.batch() : world.batch().withoutFirst();
    var expected =
        SampleGradient.of(
            world.now(),
            () ->
                ofProbability
                    .apply(batch.losses(world.now()).neg().exp())
                    .mul(batch.shares(world.now()))
                    .sum());
    return TinyWorld.distance(world.gradient(term, world.now()), 1, expected);
  }

  private static NDArray power(NDArray x, int exponent) {
    var product = x;
    for (int i = 1; i < exponent; i++) {
      product = product.mul(x);
    }
    return product;
  }

  @Test
  void wgaIsItsFormula() {
    double expected = mean(p -> p * p * Math.log(p));
    assertEquals(expected, world.value(new Wga(2), world.now()), 1e-5);
    double ascent = world.value(new GradientAscent(), world.now());
    assertEquals(ascent, world.value(new Wga(0), world.now()), 1e-6);
  }

  @Test
  void wgaGoesDownProbabilities() {
    assertTrue(distance(new Wga(), true, p -> p) < 1e-4);
    assertTrue(distance(new Wga(3), true, p -> Ops.scale(power(p, 3), 1.0 / 3)) < 1e-4);
  }

  @Test
  void satImpIsItsFormula() {
    double expected = mean(p -> Math.pow(p, 5) * (1 - p) * Math.log(p));
    assertEquals(expected, world.value(new SatImp(), world.now()), 1e-5);
    double saturation = world.value(new Wga(3), world.now());
    assertEquals(saturation, world.value(new SatImp(3, 0), world.now()), 1e-5);
  }

  /// Weights of 1/2 and 1/4 by hand, and of a token that is certain.
  @Test
  void satImpWeighsByHand() {
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      float[] losses = {(float) Math.log(2), (float) Math.log(4), 0, 200};
      var weights = Memory.toFloats(new SatImp().weights(Memory.ofFloats(manager, losses)));
      assertArrayEquals(new float[] {1 / 64f, 3 / 4096f, 0, 0}, weights, 1e-8f);
    }
  }

  @Test
  void satImpDetachesItsWeights() {
    Function<NDArray, NDArray> potential =
        p -> Ops.scale(power(p, 5), 0.2).sub(Ops.scale(power(p, 6), 1.0 / 6));
    assertTrue(distance(new SatImp(), true, potential) < 1e-4);
  }

  @Test
  void ceUForgetsTheTrueToken() {
    try (var _ = Torch.newScope()) {
      var batch = world.batch();
      var logits = batch.logits(world.now());
      var target = CeU.target(world.now(), batch, logits);
      assertEquals(0, TinyWorld.sum(target.mul(batch.oneHot(world.now()))));
      assertEquals(batch.batch().tokens(), TinyWorld.sum(target), 1e-4 * batch.batch().tokens());
    }
  }

  /// Its gradient is that of `-log(1 - p)` of all tokens of answers but the first.
  @Test
  void ceUGoesUpWhatIsLeft() {
    var term = new CeU();
    assertTrue(distance(term, false, p -> p.neg().add(1).log().neg()) < 1e-3);
    assertTrue(distance(term, true, p -> p.neg().add(1).log().neg()) > 0.05);
  }

  @Test
  void theFirstTokenOfAnAnswerCanBeLeftOut() {
    var batch = world.batch();
    int[] all = batch.answerTokens();
    int[] fewer = batch.withoutFirst().answerTokens();
    for (int row = 0; row < all.length; row++) {
      assertEquals(all[row] - 1, fewer[row]);
      float[] weights = batch.batch().weights();
      int first = row * batch.batch().length();
      while (weights[first] == 0) {
        first++;
      }
      assertEquals(0, batch.withoutFirst().batch().weights()[first]);
    }
  }

  @Test
  void undialStaysWhereNothingIsLowered() {
    double still = TinyWorld.norm(world.gradient(new Undial(0), world.before()));
    double moved = TinyWorld.norm(world.gradient(new Undial(), world.before()));
    assertTrue(still < 1e-4 * moved, still + " and " + moved);
    assertTrue(TinyWorld.norm(world.gradient(new Undial(0), world.now())) > 100 * still);
  }

  /// The cross-entropy of one token in double precision.
  @Test
  void undialIsItsFormula() {
    double total = 0;
    for (var item : world.items()) {
      var text = QaText.of(world.now().tokenizer(), item.question(), item.answer());
      var asked = List.of(text.withoutLast());
      float[] teacher = Respondent.of(world.before()).logits(asked).getFirst();
      float[] student = Respondent.of(world.now()).logits(asked).getFirst();
      total += crossEntropy(teacher, student, text.answer()) / world.items().size();
    }
    assertEquals(total, world.value(new Undial(3), world.now()), 1e-4);
  }

  private static double crossEntropy(float[] teacher, float[] student, int[] tokens) {
    int vocabulary = teacher.length / tokens.length;
    double loss = 0;
    for (int i = 0; i < tokens.length; i++) {
      double[] target = new double[vocabulary];
      double mass = 0;
      double all = 0;
      for (int v = 0; v < vocabulary; v++) {
        target[v] = Math.exp(teacher[i * vocabulary + v] - (v == tokens[i] ? 3 : 0));
        mass += target[v];
        all += Math.exp(student[i * vocabulary + v]);
      }
      for (int v = 0; v < vocabulary; v++) {
        double log = student[i * vocabulary + v] - Math.log(all);
        loss -= target[v] / mass * log / tokens.length;
      }
    }
    return loss;
  }

  @Test
  void impossiblePowersAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Wga(-1));
    assertThrows(IllegalArgumentException.class, () -> new SatImp(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> new SatImp(1, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new Undial(-1));
  }
}
