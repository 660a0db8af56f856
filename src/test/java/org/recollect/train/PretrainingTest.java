package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.tensor.Precision;
import org.recollect.train.Pretraining.Phase;

class PretrainingTest {

  private static final Mixture NOISE = Mixture.of(Lessons.noise());
  private static final Pretraining RECIPE =
      new Pretraining(
          Lessons.SHAPE,
          false,
          5,
          List.of(new Phase(4, 3, 8, NOISE), new Phase(5, 2, 16, NOISE)),
          Optimizer.split(new Muon(0.95, 0, Precision.BFLOAT16), new AdamW(), 0.5),
          new Schedule.WarmupStableDecay(0.01, 2, 9, 3, 0),
          1,
          Precision.BFLOAT16);

  @Test
  void countsStepsAndTokens() {
    assertEquals(9, RECIPE.steps());
    assertEquals(4 * 3 * 8 + 5 * 2 * 16, RECIPE.tokens());
  }

  @Test
  void killedRunGoesOnToTheSameWeights(@TempDir Path folder) {
    String unbroken;
    try (var model = RECIPE.start(null)) {
      RECIPE.run(model, folder.resolve("unbroken"), 100, _ -> {});
      unbroken = model.weights().digest();
    }
    var checkpoint = folder.resolve("checkpoint");
    try (var model = RECIPE.start(null)) {
      assertThrows(
          Killed.class,
          () ->
              RECIPE.run(
                  model,
                  checkpoint,
                  2,
                  report -> {
                    if (report.step() == 6) {
                      throw new Killed();
                    }
                  }));
    }
    try (var model = RECIPE.start(null)) {
      List<Pretraining.Report> log = new ArrayList<>();
      RECIPE.run(model, checkpoint, 2, log::add);
      assertEquals(8, log.getFirst().step());
      assertEquals(unbroken, model.weights().digest());
      assertTrue(log.getLast().nats().containsKey("noise"), log.toString());
    }
  }

  @Test
  void productsAreTakenInTheRecipesPrecision() {
    assertEquals(firstLoss(Precision.BFLOAT16), firstLoss(Precision.BFLOAT16));
    assertNotEquals(firstLoss(Precision.FLOAT32), firstLoss(Precision.BFLOAT16));
  }

  private static double firstLoss(Precision precision) {
    var recipe =
        new Pretraining(
            RECIPE.config(),
            false,
            5,
            RECIPE.phases(),
            RECIPE.optimizer(),
            RECIPE.schedule(),
            1,
            precision);
    List<Pretraining.Report> log = new ArrayList<>();
    try (var model = recipe.start(null)) {
      recipe.firstSteps(1).run(model, 1, log::add);
    }
    return log.getFirst().nats().get("noise");
  }

  @Test
  void firstStepsReachIntoTheSecondPhase() {
    var begun = RECIPE.firstSteps(6);
    assertEquals(6, begun.steps());
    assertEquals(List.of(4L, 2L), begun.phases().stream().map(Phase::steps).toList());
    assertEquals(RECIPE.steps(), RECIPE.firstSteps(1000).steps());
    assertThrows(IllegalArgumentException.class, () -> RECIPE.firstSteps(0));
  }

  @Test
  void phasesLongerThanTheContextAreRefused() {
    var tooLong = List.of(new Phase(1, 1, 65, NOISE));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            new Pretraining(
                Lessons.SHAPE,
                false,
                1,
                tooLong,
                new AdamW(),
                new Schedule.Constant(1),
                1,
                Precision.FLOAT32));
  }

  private static final class Killed extends RuntimeException {}
}
