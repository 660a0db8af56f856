package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;

class ScheduleTest {

  @Test
  void constantIsConstant() {
    assertEquals(0.3, new Schedule.Constant(0.3).at(1_000_000));
  }

  @Test
  void cosineRisesAndFallsToItsFloor() {
    var schedule = new Schedule.Cosine(2, 10, 110, 0.1);
    assertEquals(0.2, schedule.at(0), 1e-12);
    assertEquals(2, schedule.at(9), 1e-12);
    assertEquals(2, schedule.at(10), 1e-12);
    assertEquals(1.1, schedule.at(60), 1e-12);
    assertEquals(0.2, schedule.at(110), 1e-12);
    assertEquals(0.2, schedule.at(500), 1e-12);
  }

  @Test
  void aStraightLineFallsToNothing() {
    var schedule = new Schedule.Linear(2, 8);
    assertEquals(2, schedule.at(0), 1e-12);
    assertEquals(0.5, schedule.at(6), 1e-12);
    assertEquals(0, schedule.at(100), 1e-12);
  }

  @Test
  void plateauThenFallByARoot() {
    var schedule = new Schedule.WarmupStableDecay(2, 4, 100, 16, 0);
    assertEquals(0.5, schedule.at(0), 1e-12);
    assertEquals(2, schedule.at(3), 1e-12);
    assertEquals(2, schedule.at(83), 1e-12);
    assertEquals(1, schedule.at(87), 1e-12);
    assertEquals(0, schedule.at(99), 1e-12);
    assertEquals(0, schedule.at(100), 1e-12);
  }

  @Test
  void theSecondScheduleBeginsAnew() {
    var schedule =
        new Schedule.Sequence(
            new Schedule.Constant(3), 5, new Schedule.WarmupStableDecay(2, 4, 10, 5, 0));
    assertEquals(3, schedule.at(4), 1e-12);
    assertEquals(0.5, schedule.at(5), 1e-12);
    assertEquals(2, schedule.at(8), 1e-12);
    assertEquals(0, schedule.at(14), 1e-12);
    assertThrows(
        IllegalArgumentException.class,
        () -> new Schedule.Sequence(new Schedule.Constant(1), 0, new Schedule.Constant(1)));
  }

  @Test
  void everyRoundIsWarmedUpAgain() {
    var round = new Schedule.Cosine(2, 4, 14, 0.1);
    var schedule = new Schedule.Repeated(round, 14);
    assertEquals(0.5, schedule.at(0), 1e-12);
    assertEquals(2, schedule.at(4), 1e-12);
    assertEquals(1.1, schedule.at(9), 1e-12);
    var nested = new Schedule.Sequence(round, 14, new Schedule.Sequence(round, 14, round));
    for (int step = 0; step < 42; step++) {
      assertEquals(nested.at(step), schedule.at(step), "step " + step);
    }
    assertThrows(IllegalArgumentException.class, () -> new Schedule.Repeated(round, 0));
  }

  @Test
  void infiniteFallsToItsPlateauAndStays() {
    var schedule = new Schedule.Infinite(2, 0.5, 10, 100, new Cooling.HalfCosine());
    assertEquals(0.2, schedule.at(0), 1e-12);
    assertEquals(2, schedule.at(9), 1e-12);
    assertEquals(2, schedule.at(10), 1e-12);
    // A third of the way the half cosine has 3/4 left, halfway it has half.
    var thirds = new Schedule.Infinite(2, 0.5, 0, 3, new Cooling.HalfCosine());
    assertEquals(1.75, thirds.at(1), 1e-12);
    assertEquals(1.5, schedule.at(60), 1e-12);
    assertEquals(1, schedule.at(110), 1e-12);
    assertEquals(1, schedule.at(1_000_000_000), 1e-12);
  }

  /// With a steepness of 3, `h(1) = -1/2`, and `h(7/27) = 1 / sqrt(16/9) - 1 = -1/4` is half of it.
  @Test
  void theInverseRootFallsFirstOfAll() {
    var cooling = new Cooling.InverseRoot(3);
    assertEquals(1, cooling.left(0), 1e-12);
    assertEquals(0.5, cooling.left(7 / 27.0), 1e-12);
    assertEquals(0, cooling.left(1), 1e-12);
    var schedule = new Schedule.Infinite(2, 0.5, 10, 27, cooling);
    assertEquals(2, schedule.at(10), 1e-12);
    assertEquals(1.5, schedule.at(17), 1e-12);
    assertEquals(1, schedule.at(37), 1e-12);
    for (double x = 0; x <= 1; x += 0.125) {
      assertEquals(1 - x, new Cooling.InverseRoot(1e-6).left(x), 1e-6, "x " + x);
    }
  }

  @Test
  void theAnnealIsExponential() {
    var infinite = new Schedule.Infinite(2, 0.5, 4, 6, new Cooling.HalfCosine());
    var schedule = infinite.annealing(20, 10, 0.125);
    for (int step = 0; step <= 20; step++) {
      assertEquals(infinite.at(step), schedule.at(step), 1e-12, "step " + step);
    }
    // From 1 to 1/4: halfway 1/2.
    assertEquals(0.5, schedule.at(25), 1e-12);
    assertEquals(0.25, schedule.at(30), 1e-12);
    assertEquals(0.25, schedule.at(99), 1e-12);
    double ratio = schedule.at(21) / schedule.at(20);
    for (int step = 21; step < 30; step++) {
      assertEquals(ratio, schedule.at(step + 1) / schedule.at(step), 1e-12, "step " + step);
    }
  }

  /// No stage begins with a jump: at each seam the change is no larger than the largest one inside
  /// a stage.
  @Test
  void seamsAreContinuous() {
    for (var cooling : List.of(new Cooling.HalfCosine(), new Cooling.InverseRoot(10))) {
      for (double plateau : new double[] {0.3, 1}) {
        var schedule =
            new Schedule.Infinite(1, plateau, 1000, 1000, cooling).annealing(3000, 1000, 0.1);
        for (int step = 1; step < 5000; step++) {
          double change = Math.abs(schedule.at(step) - schedule.at(step - 1));
          // The steepest of them: 1 / 1000 in the rise, 0.7 * 5 / (1 - 11^-0.5) / 1000 in a fall.
          assertTrue(change < 0.0051, cooling + ", step " + step + ": " + change);
        }
      }
    }
  }

  /// A run of the infinite schedule is not changed by an anneal that branches off from it.
  @Test
  void theNextDataResumesBeforeTheAnneal(@TempDir Path folder) {
    var infinite = new Schedule.Infinite(0.01, 0.5, 1, 1, new Cooling.HalfCosine());
    var file = folder.resolve("before.safetensors");
    String unbroken;
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), new AdamW(), infinite, 1)) {
      train(trainer, model, 6);
      unbroken = model.weights().digest();
    }
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), new AdamW(), infinite.annealing(3, 2, 0.1), 1)) {
      train(trainer, model, 3);
      trainer.save(file);
      train(trainer, model, 3);
      assertNotEquals(unbroken, model.weights().digest());
    }
    try (var model = Models.random(Lessons.SHAPE, 2);
        var trainer = new Trainer(model.weights(), new AdamW(), infinite, 1)) {
      trainer.load(file);
      train(trainer, model, 3);
      assertEquals(unbroken, model.weights().digest());
    }
  }

  private static void train(Trainer trainer, LanguageModel model, int steps) {
    for (int i = 0; i < steps; i++) {
      trainer.step(Lessons.loss(model, Lessons.batch(trainer.steps(), 3, 17)));
    }
  }

  @Test
  void infiniteStagesThatMakeNoSenseAreRefused() {
    var cooling = new Cooling.HalfCosine();
    var infinite = new Schedule.Infinite(1, 0.5, 4, 6, cooling);
    assertEquals(0.5, infinite.annealing(10, 1, 0.5).at(10), 1e-12);
    List<Executable> refused =
        List.of(
            () -> new Schedule.Infinite(1, 0, 4, 6, cooling),
            () -> new Schedule.Infinite(1, 1.1, 4, 6, cooling),
            () -> new Schedule.Infinite(1, Double.NaN, 4, 6, cooling),
            () -> new Schedule.Infinite(1, 0.5, -1, 6, cooling),
            () -> new Schedule.Infinite(1, 0.5, 4, -1, cooling),
            () -> infinite.annealing(9, 5, 0.1),
            () -> infinite.annealing(10, 0, 0.1),
            () -> infinite.annealing(10, 5, 0),
            () -> infinite.annealing(10, 5, 0.6),
            () -> new Cooling.InverseRoot(0));
    refused.forEach(made -> assertThrows(IllegalArgumentException.class, made));
  }

  @Test
  void stagesThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Schedule.Cosine(1, 11, 10, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new Schedule.WarmupStableDecay(1, 6, 10, 5, 0));
  }
}
