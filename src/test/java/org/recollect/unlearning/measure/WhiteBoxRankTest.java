package org.recollect.unlearning.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class WhiteBoxRankTest {
  private static final double[][] LOGS = {
    {Math.log(0.5), Math.log(0.3), Math.log(0.2)},
    {Math.log(0.4), Math.log(0.4), Math.log(0.2)},
    {Double.NEGATIVE_INFINITY, 0, Double.NEGATIVE_INFINITY}
  };

  @Test
  void theLeastLikelyTokenCounts() {
    assertEquals(1.0 / 1, WhiteBoxRank.reciprocal(LOGS, 0, 1, 1));
    assertEquals(1.0 / 2, WhiteBoxRank.reciprocal(LOGS, 1, 0));
    assertEquals(1.0 / 3, WhiteBoxRank.reciprocal(LOGS, 1, 2));
    assertEquals(1.0 / 2, WhiteBoxRank.reciprocal(LOGS, 0, 0, 2));
  }

  @Test
  void everyTokenNeedsAPrediction() {
    assertThrows(IllegalArgumentException.class, () -> WhiteBoxRank.reciprocal(LOGS));
    assertThrows(IllegalArgumentException.class, () -> WhiteBoxRank.reciprocal(LOGS, 0, 0, 0, 0));
  }
}
