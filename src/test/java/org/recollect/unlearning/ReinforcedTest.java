package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.recollect.data.QaItem;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.Memory;

/// The task vector and WHP, which both start from a model that was told more.
class ReinforcedTest {
  private static final Memorising MORE = new Memorising(2, 16, 1e-3);
  private static TinyWorld world;

  @BeforeAll
  static void open() {
    world = TinyWorld.of(4);
  }

  @AfterAll
  static void close() {
    world.close();
  }

  private static float[] weights(LanguageModel model) {
    return Memory.toFloats(model.weights().get("model.layers.0.mlp.up_proj.weight"));
  }

  @Test
  void theTaskVectorIsTakenAway() {
    float[] before = weights(world.before());
    float[] reinforced;
    try (var model = MORE.reinforced(world.request(), world.request().forget())) {
      reinforced = weights(model);
    }
    assertTrue(!Arrays.equals(before, reinforced));
    try (var path = Unlearn.taskVector().reinforcedBy(MORE).step(2).begin(world.request())) {
      assertArrayEquals(before, weights(path.model()));
      for (int lambda = 2; lambda <= 6; lambda += 2) {
        assertTrue(path.advance());
        float[] now = weights(path.model());
        for (int i = 0; i < before.length; i++) {
          double expected = before[i] - lambda * ((double) reinforced[i] - before[i]);
          assertEquals(expected, now[i], 1e-6, "lambda " + lambda + ", weight " + i);
        }
      }
    }
  }

  private static List<Exchange> asked(Tokenizer tokenizer) {
    return world.items().stream()
        .map(item -> QaText.of(tokenizer, item.question(), item.answer()).withoutLast())
        .toList();
  }

  @Test
  void theGuardOnlyLowers() {
    var asked = asked(world.before().tokenizer());
    var before = Respondent.of(world.before()).logits(asked);
    try (var path = Unlearn.whoIsHarryPotter().reinforcedBy(MORE).begin(world.request());
        var model = MORE.reinforced(world.request(), world.request().forget())) {
      assertTrue(path.model() == world.before());
      var reinforced = Respondent.of(model).logits(asked);
      var still = path.guarding(path.model()).logits(asked);
      for (int i = 0; i < asked.size(); i++) {
        assertArrayEquals(before.get(i), still.get(i));
      }
      for (int step = 1; step <= 8; step++) {
        assertTrue(path.advance());
        assertLowered(before, reinforced, path.guarding(path.model()).logits(asked), 0.25 * step);
      }
    }
  }

  private static void assertLowered(
      List<float[]> before, List<float[]> reinforced, List<float[]> now, double lambda) {
    boolean some = false;
    for (int i = 0; i < now.size(); i++) {
      for (int j = 0; j < now.get(i).length; j++) {
        double was = before.get(i)[j];
        double more = reinforced.get(i)[j];
        double is = now.get(i)[j];
        assertEquals(more > was ? was - lambda * (more - was) : was, is, 1e-5);
        some |= is < was;
      }
    }
    assertTrue(some);
  }

  @Test
  void theGuardByHand() {
    var exchange = List.of(new Exchange(new int[] {0}));
    var guard = new WhoIsHarryPotter.Restrained(saying(1, -2, 0.5f), saying(2, -3, 0.5f), 1.5);
    assertArrayEquals(new float[] {-0.5f, -2, 0.5f}, guard.logits(exchange).getFirst());
  }

  private static Respondent saying(float... logits) {
    return new Respondent() {
      @Override
      public Tokenizer tokenizer() {
        throw new UnsupportedOperationException();
      }

      @Override
      public List<float[]> logits(List<Exchange> exchanges) {
        return List.of(logits);
      }
    };
  }

  /// A later request's guard stands before weights that still know what the earlier one was for.
  @Test
  void theGuardRemembersEarlierRequests() {
    var first = world.request().forget();
    var second = world.request().retain().subList(0, 4);
    double remembered = afterOneStep(second, first);
    double unknown = afterOneStep(second, List.of());
    assertTrue(remembered < 0.6 * unknown, remembered + " and " + unknown);
  }

  /// How likely the items of the first request are behind the guard of the second.
  private static double afterOneStep(List<QaItem> forget, List<QaItem> forgotten) {
    var meter = new Meter();
    var request =
        new Request(
            world.before(), forget, forgotten, List.of(), 1, meter, world.request().retrained());
    try (var path = Unlearn.whoIsHarryPotter().rate(3e-3).step(4).begin(request)) {
      path.advance();
      return probability(path.guarding(path.model()));
    }
  }

  private static double probability(Respondent respondent) {
    return world.items().stream()
        .mapToDouble(
            item -> Math.exp(-respondent.scores(item.question(), item.answer()).meanLoss()))
        .average()
        .orElseThrow();
  }

  @Test
  void moreTrainingIsPaidFor() {
    var meter = world.request().meter();
    double spent = meter.read().flop();
    try (var _ = Unlearn.taskVector().reinforcedBy(MORE).begin(world.request())) {
      assertEquals(
          MORE.flop(world.before(), world.request().forget()), meter.read().flop() - spent, 1);
    }
  }

  @Test
  void impossibleStepsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Unlearn.taskVector().step(0));
    assertThrows(IllegalArgumentException.class, () -> Unlearn.whoIsHarryPotter().step(-1));
    assertThrows(IllegalArgumentException.class, () -> Unlearn.taskVector().rate(0));
  }
}
