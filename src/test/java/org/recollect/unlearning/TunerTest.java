package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TunerTest {
  @TempDir Path store;

  /// Tried in three variants, of which only the last moves anything.
  private record Shy(Descent descent) implements Tunable {

    @Override
    public String name() {
      return "shy";
    }

    @Override
    public SequencedMap<String, Unlearner> variants() {
      var variants = new LinkedHashMap<String, Unlearner>();
      for (double rate : new double[] {1e-9, 2e-9, 1e-3}) {
        variants.put("rate " + rate, new Shy(descent.rate(rate)));
      }
      return variants;
    }

    @Override
    public Map<String, ?> configuration() {
      return descent.configuration();
    }

    @Override
    public Forgetting begin(Request request) {
      return descent.begin(request);
    }
  }

  @Test
  void everyArmGoesOnInItsBestVariant() {
    var study =
        UnlearningStudy.of(TaughtWorld.LEARNER)
            .forget(TaughtWorld.SPLIT)
            .judgedBy(6)
            .atMost(30)
            .storedIn(store);
    var sharding = new Sharding(TaughtWorld.LEARNER, TaughtWorld.SPLIT, 2);
    var tuned = Tuner.on(study).of(new Shy(Unlearn.gradDiff()), sharding);
    assertEquals(List.of(), tuned.results().failures());
    assertEquals(Map.of("shy", "rate 0.001"), tuned.chosen());
    assertEquals(1e-3, ((Shy) tuned.arms().getFirst()).descent().rate());
    assertSame(sharding, tuned.arms().getLast());
    assertEquals(
        List.of(
            "full model",
            "retrain oracle",
            "shy, rate 1.0E-9",
            "shy, rate 2.0E-9",
            "shy, rate 0.001"),
        tuned.results().arms());
  }

  @Test
  void allHaveTheSameBudget() {
    var arms =
        List.of(
            Unlearn.npo(),
            Unlearn.ascent(),
            Unlearn.fineTuning(),
            Unlearn.taskVector(),
            Unlearn.whoIsHarryPotter(),
            new UnlearningLayer(),
            new SelectivePruning(0.01));
    for (Tunable arm : arms) {
      assertEquals(Tunable.VARIANTS, arm.variants().size(), arm.name());
      var different = arm.variants().values().stream().map(Unlearner::configuration).distinct();
      assertEquals(Tunable.VARIANTS, different.count(), arm.name());
      arm.variants().values().forEach(variant -> assertEquals(arm.name(), variant.name()));
    }
  }
}
