package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final Pace PACE = new Pace(1, 4, 0, 1);

  private static double[] level(int rounds) {
    return IntStream.range(0, rounds).mapToDouble(_ -> 100).toArray();
  }

  /// Each round 1 % faster than the one before.
  private static double[] falling(int rounds) {
    return IntStream.range(0, rounds).mapToDouble(i -> 100 * Math.pow(0.99, i)).toArray();
  }

  @Test
  void levelTimesHaveSettledAndFallingOnesHaveNot() {
    assertTrue(Pace.settled(level(30)));
    assertFalse(Pace.settled(falling(30)));
  }

  @Test
  void tooFewRoundsSayNothing() {
    assertFalse(Pace.settled(level(8)));
  }

  @Test
  void roundsThatWereInterruptedDoNotMatter() {
    double[] times = level(30);
    times[12] = 900;
    times[15] = 700;
    assertTrue(Pace.settled(times));
  }

  @Test
  void warmsUpAtLeastAndAtMostItsSeconds() {
    assertFalse(PACE.warm(0.9, level(30)));
    assertTrue(PACE.warm(1, level(30)));
    assertFalse(PACE.warm(3.9, falling(30)));
    assertTrue(PACE.warm(4, falling(30)));
  }
}
