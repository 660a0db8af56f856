package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

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
  void stagesThatDoNotFitAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Schedule.Cosine(1, 11, 10, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new Schedule.WarmupStableDecay(1, 6, 10, 5, 0));
  }
}
