package org.recollect.kv.omni;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.RandomStream;

class RetentionScheduleTest {

  private static final RetentionSchedule SIX = new RetentionSchedule(6, List.of(3, 4), 5);

  /// 3 * .7 + .7 (1 - .26894 x) + .7 (1 - x) = 6 * .5, so x = .5629.
  @Test
  void aWorkedExample() {
    assertArrayEquals(new double[] {.7, .59403, .30597}, SIX.shares(.7, .5), 1e-5);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theAverageOfTheLayersIsTheTarget(long seed) {
    var random = RandomStream.of(seed, "schedule");
    int layers = 6 + random.nextInt(40);
    int removal = layers / 2 + 2 + random.nextInt(layers / 2 - 2);
    var points =
        IntStream.of(random.indices(1 + random.nextInt(3), removal - 1))
            .map(i -> i + 1)
            .sorted()
            .boxed()
            .toList();
    var schedule = new RetentionSchedule(layers, points, removal);
    double entering = .05 + .95 * random.nextDouble();
    // Between everything dropped at the points and nothing.
    double least = entering * points.getFirst() / layers;
    double least2 = schedule.average(schedule.shares(entering, 1e-9));
    double most = entering * removal / layers;
    assertTrue(least2 >= least - 1e-12, "seed " + seed);
    double target = least2 + (most - least2) * random.nextDouble();
    double[] shares = schedule.shares(entering, target);
    assertEquals(target, schedule.average(shares), 1e-9, "seed " + seed);
    assertEquals(entering, shares[0], "seed " + seed);
    for (int k = 1; k < shares.length; k++) {
      assertTrue(shares[k] >= 0 && shares[k] <= shares[k - 1], "seed " + seed);
    }
  }

  /// The ratio of what two successive points drop is e.
  @Test
  void laterPointsDropMore() {
    double[] shares = new RetentionSchedule(28, List.of(16, 18, 20), 23).shares(.35, .25);
    assertEquals(Math.E, (shares[1] - shares[2]) / (shares[0] - shares[1]), 1e-9);
    assertEquals(Math.E, (shares[2] - shares[3]) / (shares[1] - shares[2]), 1e-9);
  }

  @Test
  void aTargetOutOfReachIsApproached() {
    assertArrayEquals(new double[] {1, 1, 1}, SIX.shares(1, 1));
    double[] least = SIX.shares(1, .1);
    assertEquals(0, least[2], 1e-12);
    assertEquals(1 - 1 / (1 + Math.E), least[1], 1e-9);
  }

  @Test
  void withoutPointsTheEnteringShareStays() {
    var schedule = new RetentionSchedule(6, List.of(), 6);
    assertArrayEquals(new double[] {.25}, schedule.shares(.25, .25));
    assertEquals(.25, schedule.average(new double[] {.25}), 1e-12);
  }

  @ParameterizedTest
  @CsvSource({"4,3,5", "0,3,5", "3,5,5", "3,4,0", "3,4,7"})
  void refusesPointsOutOfOrder(int first, int second, int removal) {
    assertThrows(
        IllegalArgumentException.class,
        () -> new RetentionSchedule(6, List.of(first, second), removal));
  }

  @ParameterizedTest
  @CsvSource({"0,.5", "1.1,.5", ".5,0", ".5,1.1", "NaN,.5"})
  void refusesSharesThatAreNone(double entering, double target) {
    assertThrows(IllegalArgumentException.class, () -> SIX.shares(entering, target));
  }
}
