package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.recollect.lab.Meter;

class RetrainingTest {

  @Test
  void whatIsLeftIsTaughtFromAnotherSeed() {
    var split = TaughtWorld.SPLIT;
    var learner = TaughtWorld.LEARNER;
    var meter = new Meter();
    try (var full = TaughtWorld.full();
        var oracle = learner.taught(split, split.kept(), 1);
        var path = new Retraining(learner, split).begin(TaughtWorld.request(full, meter))) {
      assertTrue(path.advance());
      assertFalse(path.advance());
      assertNotEquals(oracle.weights().digest(), path.model().weights().digest());
      assertEquals(learner.lessons().flop(full, split.kept()), meter.read().flop());
      var respondent = Respondent.of(path.model());
      assertTrue(TaughtWorld.probability(respondent, split.forget()) < 0.3);
      assertTrue(TaughtWorld.probability(respondent, split.retain()) > 0.5);
    }
  }
}
