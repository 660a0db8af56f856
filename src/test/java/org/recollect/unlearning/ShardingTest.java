package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.lab.Meter;

class ShardingTest {

  private static final Learner QUICK = TaughtWorld.LEARNER.taughtBy(new Memorising(2, 16, 1e-2));

  /// One shard is the learner itself: after forgetting it is the model that was never told.
  @Test
  void oneShardIsRetraining() {
    var split = TaughtWorld.SPLIT;
    var meter = new Meter();
    try (var full = QUICK.taught(split, split.learned(), 1)) {
      var method = new Sharding(QUICK, split, 1);
      try (var path = method.begin(TaughtWorld.request(full, meter))) {
        assertEquals(0, meter.read().flop());
        double known = TaughtWorld.probability(path.guarding(full), split.forget());
        assertTrue(path.advance());
        assertFalse(path.advance());
        assertTrue(meter.read().flop() > 0);
        double unknown = TaughtWorld.probability(path.guarding(full), split.forget());
        assertTrue(unknown < known, known + " before, " + unknown + " after");
      }
    }
  }

  @Test
  void answersAreTheMeanOfProbabilities() {
    var split = TaughtWorld.SPLIT;
    try (var full = QUICK.taught(split, split.learned(), 1);
        var path = new Sharding(QUICK, split, 3).begin(TaughtWorld.request(full, new Meter()))) {
      var item = split.retain().getFirst();
      var guarded = path.guarding(full);
      double[] scores = guarded.scores(item.question(), item.answer()).logProbabilities();
      assertEquals(
          full.tokenizer().count(" " + item.answer()) + 1, scores.length, "tokens and the end");
      var exchange = Exchange.ask(full.tokenizer(), item.question());
      float[] logits = guarded.logits(List.of(exchange)).getFirst();
      double total = 0;
      for (float logit : logits) {
        total += Math.exp(logit);
      }
      assertArrayEquals(new double[] {1}, new double[] {total}, 1e-4);
    }
  }
}
