package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// Every number here was worked out by hand.
class ScoreMatrixTest {

  /// Three tasks, each learned once.
  private static final ScoreMatrix MATRIX =
      new ScoreMatrix(
          new double[][] {
            {0.10, 0.20, 0.30}, {0.90, 0.25, 0.20}, {0.60, 0.80, 0.35}, {0.70, 0.50, 1.00}
          },
          0,
          1,
          2);

  @Test
  void performanceIsTheLastRow() {
    assertArrayEquals(new double[] {0.7, 0.5, 1}, MATRIX.performance());
    assertArrayEquals(new double[] {0.9, 0.7, 2.2 / 3}, MATRIX.performances(), 1e-12);
    assertArrayEquals(new double[] {0.9, 0.8, 1}, MATRIX.learned());
  }

  @Test
  void forgettingIsFromTheBestSinceLearned() {
    assertArrayEquals(new double[] {0.2, 0.3}, MATRIX.forgetting(), 1e-12);
    assertArrayEquals(new double[] {-0.2, -0.3}, MATRIX.backwardTransfer(), 1e-12);
    var rising = new ScoreMatrix(new double[][] {{0.9, 0}, {0.3, 0}, {0.5, 1}}, 0, 1);
    assertArrayEquals(
        new double[] {-0.2}, rising.forgetting(), 1e-12, "before learning is no best");
    assertArrayEquals(new double[] {0.2}, rising.backwardTransfer(), 1e-12);
  }

  @Test
  void bestMayBeBetweenLearningAndTheEnd() {
    var matrix =
        new ScoreMatrix(
            new double[][] {{0, 0, 0}, {0.5, 0, 0}, {0.9, 0.4, 0}, {0.3, 0.4, 1}}, 0, 1, 2);
    assertArrayEquals(new double[] {0.6, 0}, matrix.forgetting(), 1e-12);
    assertArrayEquals(new double[] {-0.2, 0}, matrix.backwardTransfer(), 1e-12);
  }

  @Test
  void forwardTransferIsMeasuredBeforeTheTask() {
    assertArrayEquals(new double[] {0.05, 0.05}, MATRIX.forwardTransfer(), 1e-12);
  }

  @Test
  void intransigenceIsWhatATaskAloneWouldHaveReached() {
    assertArrayEquals(new double[] {0.05, 0.1, -0.1}, MATRIX.intransigence(0.95, 0.9, 0.9), 1e-12);
  }

  @Test
  void tasksThatRecurCountFromTheFirstTime() {
    var matrix =
        new ScoreMatrix(
            new double[][] {{0, 0}, {0.6, 0}, {0.2, 0.8}, {0.9, 0.4}, {0.7, 0.9}}, 0, 1, 0, 1);
    assertEquals(1, matrix.row(0));
    assertEquals(2, matrix.row(1));
    assertArrayEquals(new double[] {0.2, -0.1}, matrix.forgetting(), 1e-12);
    assertArrayEquals(new double[] {0.6, 0.8}, matrix.learned());
  }

  @Test
  void oneTaskHasNothingToForget() {
    var matrix = new ScoreMatrix(new double[][] {{0.1}, {0.9}}, 0);
    assertEquals(0, matrix.forgetting().length);
    assertEquals(0, matrix.forwardTransfer().length);
    assertArrayEquals(new double[] {0.9}, matrix.performances());
  }

  @Test
  void rowsInOnePieceMakeTheSameMatrix() {
    var flat = Arrays.stream(MATRIX.flat()).boxed().toList();
    assertEquals(12, flat.size());
    assertEquals(0.35, flat.get(8));
  }

  @Test
  void refusesWhatIsNoMatrix() {
    assertThrows(
        IllegalArgumentException.class, () -> new ScoreMatrix(new double[][] {{1}, {1}}, 0, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new ScoreMatrix(new double[][] {{1, 2}, {1}}, 0));
    assertThrows(
        IllegalArgumentException.class, () -> new ScoreMatrix(new double[][] {{1, 2}, {1, 2}}, 0));
  }
}
