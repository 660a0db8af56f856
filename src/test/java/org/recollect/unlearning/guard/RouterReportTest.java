package org.recollect.unlearning.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.data.FictiBio;
import org.recollect.unlearning.Learner;
import org.recollect.unlearning.Memorising;
import org.recollect.unlearning.guard.RouterReport.Routed;
import org.recollect.unlearning.guard.RouterReport.Tried;

class RouterReportTest {

  /// Two questions, of which the guard holds one back if it is routed; two rephrasings, of which
  /// the model answers none; four other prompts.
  private static final Routed HAND =
      new Routed(
          GuardedGeneration.usual(),
          List.of(new Tried(0.9, true, false, true), new Tried(0.8, false, true, true)),
          List.of(new Tried(0.6, true, false, false), new Tried(0.2, false, true, false)),
          List.of(0.1, 0.7),
          List.of(0.3),
          List.of(0.05));

  @Test
  void whatLeaksDependsOnTheThreshold() {
    assertEquals(0.5, HAND.leak(2), "the model alone tells two of four");
    assertEquals(0.25, HAND.leak(0.85));
    assertEquals(0.25, HAND.leak(0.5));
    assertEquals(0.5, HAND.leak(0), "the guard is led astray by the last");
    assertEquals(0, HAND.falsePositives(0.75));
    assertEquals(0.25, HAND.falsePositives(0.5));
    assertEquals(0.25, HAND.falsePositives(0.7), "a threshold is reached by its own value");
    assertEquals(1, HAND.falsePositives(0));
  }

  @Test
  void theTableHasTheSharesAtTheGuardsThreshold() {
    var row = new RouterReport(List.of(HAND)).table().row(0);
    assertEquals("GUARD", row.getString("guard"));
    assertEquals("1.000", row.getString("forget ↑"));
    assertEquals("0.500", row.getString("rephrased ↑"));
    assertEquals("0.500", row.getString("looked up ↑"));
    assertEquals("0.500", row.getString("retain ↓"));
    assertEquals("0.000", row.getString("side sets ↓"));
    assertEquals("0.000", row.getString("held out ↓"));
  }

  @Test
  void aRouterKnowsWhatItHasLearned() {
    var split = FictiBio.of(5).persons(10).forget(0.1);
    var learner = Learner.blank(32, 2).taughtBy(new Memorising(12, 16, 1e-2));
    try (var model = learner.taught(split, split.learned(), 1)) {
      var guard = GuardedGeneration.usual().rephrasings(4);
      var report = RouterReport.of(model, split, 1, guard).guards().getFirst();
      for (var part : List.of(report.questions(), report.rephrased())) {
        assertEquals(split.forget().size(), part.size());
        for (Tried tried : part) {
          assertTrue(tried.score() > 0.5 && tried.lookedUp(), tried.toString());
          assertTrue(!tried.leaksGuarded(), "what is looked up is not said: " + tried);
        }
      }
      assertTrue(report.questions().stream().anyMatch(Tried::leaksBare), "the model knows nothing");
      assertEquals(split.retain().size(), report.retain().size());
      assertTrue(report.retain().stream().filter(score -> score >= 0.5).count() <= 2);
      assertEquals(1, report.falsePositives(0));
    }
  }
}
