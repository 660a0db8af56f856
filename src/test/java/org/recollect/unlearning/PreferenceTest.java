package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.unlearning.measure.TokenScores;

/// NPO, SimNPO and DPO against their formulas in double precision, from the scores of answers.
class PreferenceTest {
  private static TinyWorld world;

  @BeforeAll
  static void open() {
    world = TinyWorld.of(1);
  }

  @AfterAll
  static void close() {
    world.close();
  }

  private static TokenScores scores(LanguageModel model, QaItem item) {
    return Respondent.of(model).scores(item.question(), item.answer());
  }

  private static double logRatio(QaItem item) {
    return scores(world.before(), item).totalLoss() - scores(world.now(), item).totalLoss();
  }

  private static double loss(double beta, List<QaItem> items, ToDoubleFunction<QaItem> margin) {
    return items.stream()
        .mapToDouble(item -> 2 / beta * Math.log1p(Math.exp(-beta * margin.applyAsDouble(item))))
        .average()
        .orElseThrow();
  }

  @Test
  void npoIsItsFormula() {
    for (double beta : new double[] {0.1, 2}) {
      double expected = loss(beta, world.items(), item -> -logRatio(item));
      assertEquals(expected, world.value(new Npo(beta), world.now()), 1e-4 * expected);
    }
    assertEquals(2 / 0.1 * Math.log(2), world.value(new Npo(), world.before()), 1e-4);
  }

  @Test
  void simNpoIsItsFormula() {
    for (double delta : new double[] {0, 0.7}) {
      double expected =
          loss(4.5, world.items(), item -> scores(world.now(), item).meanLoss() - delta);
      assertEquals(expected, world.value(new SimNpo(4.5, delta), world.now()), 1e-5);
    }
  }

  @Test
  void dpoIsItsFormula() {
    var refusals = Refusals.to(world.items(), 1);
    assertTrue(refusals.stream().allMatch(item -> Refusals.ALL.contains(item.answer())));
    double beta = 0.1;
    double expected =
        loss(
            beta,
            world.items(),
            item -> logRatio(refusals.get(world.items().indexOf(item))) - logRatio(item));
    assertEquals(expected, world.value(new IdkPreference(beta), world.now()), 1e-4 * expected);
    // Where nothing has changed yet, either is as likely as it was.
    assertEquals(2 / beta * Math.log(2), world.value(new IdkPreference(), world.before()), 1e-4);
  }

  @Test
  void poIsTheLossOfRefusals() {
    double expected =
        Refusals.to(world.items(), 1).stream()
            .mapToDouble(item -> scores(world.now(), item).meanLoss())
            .average()
            .orElseThrow();
    assertEquals(expected, world.value(new Refusing(), world.now()), 1e-5);
  }

  /// A refusal is one question's own, and another seed's is another.
  @Test
  void refusalsAreDrawnOnce() {
    var items = TinyWorld.SPLIT.retain();
    assertEquals(Refusals.to(items, 1), Refusals.to(items, 1));
    assertEquals(Refusals.to(items, 1).subList(3, 5), Refusals.to(items.subList(3, 5), 1));
    assertTrue(!Refusals.to(items, 1).equals(Refusals.to(items, 2)));
    assertEquals(
        Refusals.ALL.size(), Refusals.to(items, 1).stream().map(QaItem::answer).distinct().count());
  }

  /// NPO's gradient is that of gradient ascent on sums of tokens: on one item, ascent on its mean
  /// times their number.
  @Test
  void npoBecomesGradientAscent() {
    var item = List.of(world.items().get(1));
    var batch = QaBatch.of(world.now(), item);
    int tokens = batch.answerTokens()[0];
    for (var model : List.of(world.before(), world.now())) {
      var ascent = SampleGradient.of(model, item);
      var gentle = new Npo(1e-4).begin(world.request());
      var npo = SampleGradient.of(model, () -> gentle.loss(model, batch));
      assertTrue(TinyWorld.distance(npo, -tokens, ascent) < 2e-3);
    }
    // Away from the start and at a sharper beta it is smaller by 2 sigmoid(beta r).
    double beta = 0.5;
    double slope = 2 / (1 + Math.exp(-beta * logRatio(item.getFirst())));
    var sharp = new Npo(beta).begin(world.request());
    var npo = SampleGradient.of(world.now(), () -> sharp.loss(world.now(), batch));
    var ascent = SampleGradient.of(world.now(), item);
    assertTrue(TinyWorld.distance(npo, -tokens * slope, ascent) < 2e-3, "slope " + slope);
    assertTrue(Math.abs(slope - 1) > 0.1, "slope " + slope);
  }

  /// What is read beside the batch itself is on the meter.
  @Test
  void theReferenceIsPaidFor() {
    var meter = world.request().meter();
    double parameters = world.now().weights().parameters();
    double spent = meter.read().flop();
    world.value(new Npo(), world.now());
    double npo = meter.read().flop() - spent;
    assertEquals(2 * parameters * world.batch().batch().tokens(), npo);
    world.value(new IdkPreference(), world.now());
    double dpo = meter.read().flop() - spent - npo;
    assertTrue(dpo > npo, dpo + " and " + npo);
    world.value(new SimNpo(), world.now());
    assertEquals(spent + npo + dpo, meter.read().flop());
  }

  @Test
  void impossibleSharpnessIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Npo(0));
    assertThrows(IllegalArgumentException.class, () -> new SimNpo(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new SimNpo(1, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new IdkPreference(Double.NaN));
  }
}
