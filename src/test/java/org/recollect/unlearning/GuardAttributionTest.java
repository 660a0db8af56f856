package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.recollect.data.FictiBio;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.train.LossGradient;
import org.recollect.unlearning.GuardAttribution.Order;

class GuardAttributionTest {
  private static final ForgetSplit SPLIT = FictiBio.of(5).persons(10).forget(0.1);
  private static final GuardAttribution GUARD = GuardAttribution.of(new GradientAscent());
  private static LanguageModel model;

  @BeforeAll
  static void teach() {
    model =
        Learner.blank(32, 2)
            .taughtBy(new Memorising(4, 16, 1e-2))
            .taught(SPLIT, SPLIT.learned(), 1);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Request request(List<QaItem> retain) {
    return new Request(model, SPLIT.forget(), List.of(), retain, 1, new Meter(), () -> model);
  }

  @Test
  void weightsFallWithAttribution() {
    // Two values one standard deviation off their mean, wherever that is.
    double[] weights = GUARD.weights(new double[] {4, 6}, 1);
    assertEquals(2 * Math.E / (Math.E + 1 / Math.E), weights[0], 1e-12);
    assertEquals(2, weights[0] + weights[1], 1e-12);
    assertArrayEquals(
        new double[] {weights[1], weights[0]},
        GUARD.order(Order.REVERSED).weights(new double[] {4, 6}, 1),
        1e-12);
    assertArrayEquals(weights, GUARD.weights(new double[] {-4e-7, -2e-7}, 1), 1e-9);
  }

  @Test
  void weightsHaveAMeanOfOne() {
    for (long seed = 1; seed <= 30; seed++) {
      var random = RandomStream.of(seed, "attributions");
      double[] attributions = new double[1 + random.nextInt(40)];
      Arrays.setAll(attributions, _ -> 100 * random.nextGaussian());
      double[] weights = GUARD.tau(0.3).weights(attributions, seed);
      assertEquals(1, DoubleStream.of(weights).average().orElseThrow(), 1e-9, "seed " + seed);
      for (int i = 1; i < weights.length; i++) {
        boolean larger = attributions[i] > attributions[0];
        assertEquals(larger, weights[i] < weights[0], "seed " + seed);
      }
      double[] dealt = GUARD.tau(0.3).order(Order.RANDOM).weights(attributions, seed);
      assertArrayEquals(sorted(weights), sorted(dealt), "seed " + seed);
    }
  }

  private static double[] sorted(double[] values) {
    return DoubleStream.of(values).sorted().toArray();
  }

  @Test
  void whereNothingTellsItemsApartTheyCountAlike() {
    double[] ones = {1, 1, 1};
    var equal = GUARD.tau(Double.POSITIVE_INFINITY);
    assertArrayEquals(ones, equal.weights(new double[] {-5, 0, 9}, 1), 1e-12);
    assertArrayEquals(ones, GUARD.weights(new double[] {3, 3, 3}, 1), 1e-12);
    assertArrayEquals(new double[] {1}, GUARD.weights(new double[] {3}, 1), 1e-12);
  }

  /// The gradient is linear: attributions add up to the product of the means' gradients.
  @Test
  void attributionsAreShares() {
    double[] attributions =
        GuardAttribution.attributions(model, SPLIT.forget(), SPLIT.retain().subList(0, 40));
    double together =
        LossGradient.dot(
            SampleGradient.of(model, SPLIT.forget()),
            SampleGradient.of(model, SPLIT.retain().subList(0, 40)));
    double mean = DoubleStream.of(attributions).average().orElseThrow();
    assertEquals(together, mean, 1e-3 * Math.abs(together));
  }

  /// A short plain step up an item's loss adds `a_i` times its length to the loss of the rest.
  @Test
  void attributionForetellsAPlainStep() {
    var item = SPLIT.forget().getFirst();
    var retain = SPLIT.retain().subList(0, 24);
    double attribution = GuardAttribution.attributions(model, List.of(item), retain)[0];
    var gradient = SampleGradient.of(model, List.of(item));
    double rate = 1e-2 / SampleGradient.norm(model, item);
    double rise = (loss(retain, gradient, rate) - loss(retain, gradient, -rate)) / (2 * rate);
    assertEquals(attribution, rise, 0.05 * Math.abs(attribution) + 1e-3);
  }

  private static double loss(List<QaItem> items, Map<String, float[]> direction, double rate) {
    try (var moved = model.withWeights(model.weights().copy());
        var _ = Torch.newScope()) {
      moved
          .weights()
          .asMap()
          .forEach((name, weight) -> {
            float[] values = Memory.toFloats(weight);
            float[] along = direction.get(name);
            for (int i = 0; i < values.length; i++) {
              values[i] += (float) (rate * along[i]);
            }
            Memory.write(weight, values);
          });
      return QaBatch.of(moved, items).meanLoss(moved).getFloat();
    }
  }

  @Test
  void theTermIsWeighed() {
    var retain = SPLIT.retain().subList(0, 16);
    var request = request(retain);
    double[] weights =
        GUARD.weights(GuardAttribution.attributions(model, SPLIT.forget(), retain), 1);
    double expected = 0;
    try (var _ = Torch.newScope()) {
      for (int i = 0; i < 4; i++) {
        var alone = QaBatch.of(model, SPLIT.forget().subList(i, i + 1));
        expected -= weights[i] * alone.meanLoss(model).getFloat() / 4;
      }
      var batch = QaBatch.of(model, SPLIT.forget().subList(0, 4));
      double loss = GUARD.begin(request).loss(model, batch).getFloat();
      assertEquals(expected, loss, 1e-4);
      var shred = Shred.demoting(0.5).begin(request);
      double twice = shred.loss(model, batch.weighing(_ -> 2)).getFloat();
      assertEquals(2 * shred.loss(model, batch).getFloat(), twice, 1e-3 * twice);
    }
    assertTrue(request.meter().read().tokens() > 0);
  }

  @Test
  void anInfiniteTauIsTheMethodAsItIs() {
    var request = request(SPLIT.retain());
    var guarded = Unlearn.guarded(Unlearn.gradDiff(), Double.POSITIVE_INFINITY, Order.ATTRIBUTION);
    try (var base = Unlearn.gradDiff().begin(request);
        var path = guarded.begin(request)) {
      for (int i = 0; i < 3; i++) {
        assertTrue(base.advance() && path.advance());
      }
      assertEquals(base.model().weights().digest(), path.model().weights().digest());
    }
  }

  @Test
  void nonsenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> GUARD.tau(0));
    assertThrows(IllegalArgumentException.class, () -> GUARD.begin(request(List.of())));
    assertThrows(IllegalArgumentException.class, () -> Unlearn.guarded(Unlearn.fineTuning()));
  }
}
